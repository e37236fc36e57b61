import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

test('every text has its report, and the texts read easily', () => {
  const stem = (name) => name.replace(/\.\w+$/, '');
  const texts = readdirSync('texts').map(stem);
  assert.deepEqual(readdirSync('reports').map(stem), texts);
  for (const name of texts) {
    const { readability, repetitions } = JSON.parse(readFileSync(`reports/${name}.json`, 'utf8'));
    assert.ok(readability.readingEase > 60, `${name}: ${readability.readingEase}`);
    assert.deepEqual(repetitions, [], name);
  }
});
