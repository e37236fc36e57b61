import { stripVTControlCharacters } from 'node:util';

interface Reporter {
  passed: RegExp;
  failed: RegExp;
}

// How test programs say how many tests passed and failed: a summary, whose group is the number, or
// without a group one test. Several summaries, as of several packages, add up.
const reporters: readonly Reporter[] = [
  // node:test, its TAP and spec reporter; tape
  { passed: /^(?:#|ℹ) pass[ \t]+(\d+)[ \t]*$/gm, failed: /^(?:#|ℹ) fail[ \t]+(\d+)[ \t]*$/gm },
  // mocha
  { passed: /^[ \t]+(\d+) passing\b/gm, failed: /^[ \t]+(\d+) failing\b/gm },
  // jest and vitest
  {
    passed: /^[ \t]*Tests:?[ \t]+(?:[^\n]*?[ \t])?(\d+) passed\b/gm,
    failed: /^[ \t]*Tests:?[ \t]+(?:[^\n]*?[ \t])?(\d+) failed\b/gm,
  },
  // pytest, with and without -q
  {
    passed: /^(?:=+ )?(?:\d+ [a-z]+, )*(\d+) passed\b[^\n]* in [\d.]+s/gm,
    failed: /^(?:=+ )?(?:\d+ [a-z]+, )*(\d+) failed\b[^\n]* in [\d.]+s/gm,
  },
  // cargo test
  {
    passed: /^test result: \w+\. (\d+) passed\b/gm,
    failed: /^test result: \w+\. \d+ passed; (\d+) failed\b/gm,
  },
  // go test -v, go test -json
  { passed: /^[ \t]*--- PASS: /gm, failed: /^[ \t]*--- FAIL: /gm },
  {
    passed: /^\{(?=[^\n]*"Action":"pass")(?=[^\n]*"Test":)/gm,
    failed: /^\{(?=[^\n]*"Action":"fail")(?=[^\n]*"Test":)/gm,
  },
  // unittest of Python, in runs that skipped none
  {
    passed: /^Ran (\d+) tests? in [\d.]+s\r?\n\r?\nOK[ \t]*\r?$/gm,
    failed: /^Ran (\d+) tests? in [\d.]+s\r?\n\r?\nFAILED \((?![^\n]*skipped)/gm,
  },
];

// TAP without a summary: points at the left margin, those that were skipped left out. A bare "ok"
// or "OK" is not taken for one: other programs say so of a package, or when no test has run.
const tapPoints: Reporter = {
  passed: /^ok[ \t]+(?:\d+\b|-[ \t])(?![^\n]*#[ \t]*(?:skip|todo|SKIP|TODO))/gm,
  failed: /^not ok[ \t]+(?:\d+\b|-[ \t])(?![^\n]*#[ \t]*(?:skip|todo|SKIP|TODO))/gm,
};

/** The number of passed tests that an output reports; `null` when it reports none that we know. */
export function countPassedTests(output: string): number | null {
  return count(output, ({ passed }, text) => countOf(text, passed));
}

/** The number of tests that ran, passed or failed; `null` when the output reports none. */
export function countTests(output: string): number | null {
  return count(output, ({ passed, failed }, text) => {
    const counts = [countOf(text, passed), countOf(text, failed)];
    const known = counts.filter((one) => one !== null);
    return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
  });
}

function count(
  output: string,
  by: (reporter: Reporter, text: string) => number | null,
): number | null {
  const plain = stripVTControlCharacters(output);
  const counts = reporters.map((reporter) => by(reporter, plain)).filter((one) => one !== null);
  return counts.length > 0 ? Math.max(...counts) : by(tapPoints, plain);
}

function countOf(text: string, pattern: RegExp): number | null {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return null;
  return matches.reduce((sum, match) => sum + Number(match[1] ?? 1), 0);
}
