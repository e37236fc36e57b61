import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textReport } from '../src/text-report.mjs';

const measures = {
  vocabulary: { words: 4, differentWords: 3, commonest: [{ word: 'sea', count: 2 }] },
  rhythm: { sentences: 1, meanLength: 4, longest: { words: 4, text: 'The sea, the sea.' } },
  readability: { syllables: 4, readingEase: null },
  repetitions: [],
};

test('the values stand below each other', () => {
  const lines = textReport(measures).split('\n');
  assert.equal(lines[0], 'Words         4 (3 different)');
  assert.equal(lines[1], 'Commonest     sea 2');
});

test('what is missing is named', () => {
  const report = textReport(measures);
  assert.match(report, /^Reading ease {2}unknown$/m);
  assert.match(report, /^Repetitions {3}none$/m);
});
