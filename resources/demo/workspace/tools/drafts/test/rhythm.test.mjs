import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureRhythm } from '../src/rhythm.mjs';

test('the mean length is rounded to one digit', () => {
  const { sentences, meanLength } = measureRhythm('One. One two. One two three four.');
  assert.equal(sentences, 3);
  assert.equal(meanLength, 2.3);
});

test('the longest sentence is shown', () => {
  const { longest } = measureRhythm('Short. This one is longer! Short.');
  assert.deepEqual(longest, { words: 4, text: 'This one is longer!' });
});

test('an empty text has no rhythm', () => {
  assert.equal(measureRhythm('').meanLength, 0);
});
