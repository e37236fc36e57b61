import { stripVTControlCharacters } from 'node:util';

// How test programs say how many tests passed: a summary, whose group is the number, or without a
// group one passed test. Several summaries, as of several packages, add up.
const reporters: readonly RegExp[] = [
  // node:test, its TAP and spec reporter; tape
  /^(?:#|ℹ) pass[ \t]+(\d+)[ \t]*$/gm,
  // mocha
  /^[ \t]+(\d+) passing\b/gm,
  // jest and vitest
  /^[ \t]*Tests:?[ \t]+(?:[^\n]*?[ \t])?(\d+) passed\b/gm,
  // pytest, with and without -q
  /^(?:=+ )?(?:\d+ [a-z]+, )*(\d+) passed\b[^\n]* in [\d.]+s/gm,
  // cargo test
  /^test result: \w+\. (\d+) passed\b/gm,
  // go test -v, go test -json
  /^[ \t]*--- PASS: /gm,
  /^\{(?=[^\n]*"Action":"pass")(?=[^\n]*"Test":)/gm,
];

// TAP without a summary: points at the left margin, those that were skipped left out.
const tapPoint = /^ok\b(?![^\n]*#\s*(?:skip|todo))/gim;

/** The number of passed tests that an output reports; `null` when it reports none that we know. */
export function countPassedTests(output: string): number | null {
  const plain = stripVTControlCharacters(output);
  const counts = reporters.flatMap((pattern) => countOf(plain, pattern));
  if (counts.length > 0) return Math.max(...counts);
  const points = plain.match(tapPoint)?.length ?? 0;
  return points > 0 ? points : null;
}

function countOf(text: string, pattern: RegExp): number[] {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return [];
  return [matches.reduce((sum, match) => sum + Number(match[1] ?? 1), 0)];
}
