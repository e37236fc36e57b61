import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stopWords } from '../src/stop-words.mjs';

test('the stop words are in lower case and in order', () => {
  const words = [...stopWords];
  assert.deepEqual(words, [...words].sort());
  assert.deepEqual(
    words,
    words.map((word) => word.toLowerCase()),
  );
});

test('the commonest words are among them', () => {
  for (const word of ['the', 'and', 'of', 'i']) assert.ok(stopWords.has(word), word);
});
