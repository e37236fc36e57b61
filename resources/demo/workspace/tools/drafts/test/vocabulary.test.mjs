import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureVocabulary } from '../src/vocabulary.mjs';

test('words are counted without regard to case', () => {
  const { words, differentWords } = measureVocabulary('Rain, rain and rain.');
  assert.equal(words, 4);
  assert.equal(differentWords, 2);
});

test('stop words are not among the commonest', () => {
  const { commonest } = measureVocabulary('The sea and the sea and the sky.');
  assert.deepEqual(commonest, [
    { word: 'sea', count: 2 },
    { word: 'sky', count: 1 },
  ]);
});

test('equal counts are ordered by the alphabet', () => {
  const { commonest } = measureVocabulary('pear plum apple', 2);
  assert.deepEqual(
    commonest.map(({ word }) => word),
    ['apple', 'pear'],
  );
});
