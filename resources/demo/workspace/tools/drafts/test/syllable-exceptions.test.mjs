import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syllableExceptions } from '../src/syllable-exceptions.mjs';

test('every exception has at least one syllable', () => {
  assert.ok(syllableExceptions.size > 0);
  for (const [word, count] of syllableExceptions) assert.ok(count >= 1, word);
});

test('a word of the table is found', () => {
  assert.equal(syllableExceptions.get('idea'), 3);
});
