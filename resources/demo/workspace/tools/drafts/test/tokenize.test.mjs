import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentencesOf, wordsOf } from '../src/tokenize.mjs';

test('an apostrophe inside a word belongs to it', () => {
  assert.deepEqual(wordsOf("Don't say 'no'."), ["don't", 'say', 'no']);
});

test('a letter with an accent is a letter', () => {
  assert.deepEqual(wordsOf('Café Müller'), ['café', 'müller']);
});

test('marks at the end of a sentence stay with it', () => {
  assert.deepEqual(sentencesOf('Really?! Yes. '), ['Really?!', 'Yes.']);
});

test('a text without words has no sentence', () => {
  assert.deepEqual(sentencesOf(' ... '), []);
});
