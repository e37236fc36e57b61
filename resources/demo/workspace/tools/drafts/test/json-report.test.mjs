import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonReport } from '../src/json-report.mjs';

test('the order of keys does not matter', () => {
  assert.equal(
    jsonReport({ b: 1, a: { d: 2, c: [3] } }),
    jsonReport({ a: { c: [3], d: 2 }, b: 1 }),
  );
});

test('nothing is lost', () => {
  const measures = {
    rhythm: { sentences: 2 },
    repetitions: [{ word: 'the', line: 2 }],
    none: null,
  };
  assert.deepEqual(JSON.parse(jsonReport(measures)), measures);
});
