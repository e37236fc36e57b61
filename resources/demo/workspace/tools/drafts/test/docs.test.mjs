import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

test('everything that a module exports is documented', () => {
  const docs = readFileSync('docs/api.md', 'utf8');
  for (const name of readdirSync('src')) {
    const text = readFileSync(`src/${name}`, 'utf8');
    for (const [, symbol] of text.matchAll(/^export (?:function|const) (\w+)/gm)) {
      assert.ok(docs.includes(`\`${symbol}`), `${symbol} of ${name}`);
    }
  }
});
