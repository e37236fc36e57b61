import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

test('the package is a module with one program', () => {
  const { name, type, bin } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.equal(name, 'text-statistics');
  assert.equal(type, 'module');
  assert.deepEqual(Object.keys(bin), ['textstats']);
});
