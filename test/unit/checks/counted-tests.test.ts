import assert from 'node:assert/strict';
import { countPassedTests, countTests } from '../../../src/checks/counted-tests';

const outputs: readonly [string, number | null, string][] = [
  [
    'node:test, TAP',
    3,
    'TAP version 13\nok 1 - a\n  ok 1 - inner\n# tests 4\n# pass 3\n# fail 1\n',
  ],
  ['node:test, spec', 12, 'ℹ tests 12\nℹ suites 2\nℹ pass 12\nℹ fail 0\n'],
  ['TAP without a summary', 2, '1..4\nok 1 a\nok 2 - b\nnot ok 3 - c\nok 4 - d # SKIP no\n'],
  ['mocha', 14, '\n  suite\n    ✔ works\n\n\n  14 passing (2s)\n  1 pending\n'],
  ['mocha in two packages', 5, '  2 passing (3ms)\n\n  3 passing (4ms)\n'],
  [
    'jest',
    7,
    'Test Suites: 2 passed, 2 total\nTests:       1 failed, 2 skipped, 7 passed, 10 total\n',
  ],
  ['vitest', 4, ' Test Files  2 passed (2)\n      Tests  1 skipped | 4 passed (5)\n'],
  [
    'vitest in colour',
    4,
    ' \u001b[2m     Tests \u001b[22m \u001b[1m\u001b[32m4 passed\u001b[39m\u001b[22m (4)\n',
  ],
  ['pytest', 9, '==== 1 failed, 9 passed, 2 warnings in 0.12s ====\n'],
  ['pytest -q', 9, '.........\n9 passed in 0.02s\n'],
  [
    'cargo',
    8,
    'test result: ok. 5 passed; 0 failed; 1 ignored\ntest result: ok. 3 passed; 0 failed\n',
  ],
  [
    'go test -v',
    2,
    '=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- PASS: TestA/sub (0.00s)\nPASS\n',
  ],
  [
    'go test -json',
    1,
    '{"Action":"pass","Package":"p","Test":"TestA"}\n{"Action":"pass","Package":"p"}\n',
  ],
  ['no test at all', 0, '# tests 0\n# pass 0\n'],
  ['TAP without numbers', 2, 'ok - a\nnot ok - b\nok - c\n'],
  ['go test, which tells of packages', null, 'ok  \tpkg/a\t0.01s\nok  \tpkg/b\t0.02s\n'],
  ['go test of a package without tests', null, 'ok  \tpkg\t0.002s [no tests to run]\n'],
  ['unittest', 5, '.....\n-----\nRan 5 tests in 0.001s\n\nOK\n'],
  ['unittest without any test', 0, '\n-----\nRan 0 tests in 0.000s\n\nOK\n'],
  ['unittest that skipped some', null, 'Ran 5 tests in 0.001s\n\nOK (skipped=5)\n'],
  ['a program that says OK', null, 'OK\nok\n'],
  [
    'words that are no summary',
    null,
    'everything passed\nok\tpkg\t0.01s\n'.replace('ok\t', 'fine '),
  ],
];

describe('counting passed tests', () => {
  for (const [name, count, output] of outputs)
    it(`reads ${name}`, () => assert.equal(countPassedTests(output), count));

  it('reads a megabyte of blank lines at once', () => {
    const started = performance.now();
    assert.equal(countPassedTests('\n \t'.repeat(350_000)), null);
    assert.ok(performance.now() - started < 2_000);
  });
});

describe('counting tests that ran', () => {
  const ran: readonly [string, number | null, string][] = [
    ['node:test', 4, '# tests 4\n# pass 3\n# fail 1\n'],
    ['node:test where all failed', 2, 'ℹ pass 0\nℹ fail 2\n'],
    ['mocha', 16, '  14 passing (2s)\n  1 pending\n  2 failing\n'],
    ['jest where all failed', 3, 'Tests:       3 failed, 3 total\n'],
    ['jest', 8, 'Tests:       1 failed, 2 skipped, 7 passed, 10 total\n'],
    ['pytest', 10, '==== 1 failed, 9 passed, 2 warnings in 0.12s ====\n'],
    ['cargo', 7, 'test result: FAILED. 5 passed; 2 failed; 1 ignored\n'],
    ['go test -v', 3, '--- PASS: TestA (0s)\n--- FAIL: TestB (0s)\n    --- PASS: TestC (0s)\n'],
    ['TAP', 3, 'ok 1 a\nnot ok 2 b\nok 3\nok 4 - d # SKIP no\n'],
    ['nothing that we know', null, 'fine\n'],
  ];
  for (const [name, count, output] of ran)
    it(`reads ${name}`, () => assert.equal(countTests(output), count));
});
