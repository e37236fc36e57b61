import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRepetitions } from '../src/repetition.mjs';

test('a word that stands twice is found across the end of a line', () => {
  assert.deepEqual(findRepetitions('It was the\nThe end'), [{ word: 'the', line: 2 }]);
});

test('a paragraph may begin with the last word of the one before', () => {
  assert.deepEqual(findRepetitions('rain\n\nrain'), []);
});
