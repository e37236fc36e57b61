import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureReadability, syllablesOf } from '../src/readability.mjs';

test('syllables are counted as they are spoken', () => {
  const expected = { boat: 1, harbour: 2, time: 1, table: 2, walked: 1, wanted: 2, idea: 3 };
  for (const [word, count] of Object.entries(expected))
    assert.equal(syllablesOf(word), count, word);
});

test('short words in short sentences are easier', () => {
  const easy = measureReadability('The cat sat. The dog ran.');
  const hard = measureReadability('Administrative considerations necessitated reorganisation.');
  assert.ok(easy.readingEase > 90);
  assert.ok(hard.readingEase < 0);
});

test('a text without sentences has no rating', () => {
  assert.equal(measureReadability('').readingEase, null);
});
