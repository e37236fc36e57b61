import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const run = (...args) =>
  spawnSync(process.execPath, ['src/cli.mjs', ...args], { encoding: 'utf8' });

test('a file is measured', () => {
  const { status, stdout } = run('texts/harbour.txt');
  assert.equal(status, 0);
  assert.match(stdout, /^Commonest .*harbour 2/m);
});

test('the report for programs can be parsed', () => {
  const { rhythm } = JSON.parse(run('--json', 'texts/orchard.txt').stdout);
  assert.ok(rhythm.sentences > 10);
});

test('without a file the usage is shown', () => {
  const { status, stderr } = run();
  assert.equal(status, 2);
  assert.match(stderr, /^usage:/);
});
