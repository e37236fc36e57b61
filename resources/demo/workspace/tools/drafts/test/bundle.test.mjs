import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const run = (program) =>
  execFileSync(process.execPath, [program, 'texts/railway.txt'], { encoding: 'utf8' });

test('the bundle says what the modules say', () => {
  assert.equal(run('bin/textstats.mjs'), run('src/cli.mjs'));
});

test('the bundle needs nothing but Node', () => {
  const imports = readFileSync('bin/textstats.mjs', 'utf8').match(/^import .*$/gm);
  for (const line of imports) assert.match(line, /from 'node:/);
});
