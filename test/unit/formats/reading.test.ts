import assert from 'node:assert/strict';
import { mostProblems, toldProblems } from '../../../src/formats/reading';
import { readPlan } from '../../../src/formats/registry';
import { lint } from '../../../src/language/diagnostics';
import type { Problem, Severity } from '../../../src/model/plan';

function found(rule: string, severity: Severity, line: number): Problem {
  return { rule, severity, line, message: `${rule} on ${String(line)}`, range: null };
}

const many = (count: number, rule: string, severity: Severity, from = 1) =>
  Array.from({ length: count }, (_, at) => found(rule, severity, from + at));

describe('problems beyond counting', () => {
  it('are all told while they can be read', () => {
    const problems = many(mostProblems, 'a', 'info');
    assert.deepEqual(toldProblems(problems.toReversed()), problems);
  });

  it('are told up to a number, and then counted by their rules', () => {
    const told = toldProblems([...many(5000, 'a', 'warning'), ...many(10, 'b', 'info', 9000)]);
    assert.equal(told.length, mostProblems + 1);
    assert.deepEqual(told.at(-1), {
      rule: 'more-problems',
      severity: 'warning',
      line: mostProblems,
      message: '… and 4010 more problems: 4001 of a, 9 of b.',
      range: null,
    });
  });

  it('leave room for the gravest, and for one of each rule and severity', () => {
    const told = toldProblems([
      ...many(5000, 'a', 'info'),
      ...many(2000, 'b', 'error', 6000),
      found('c', 'error', 9000),
      found('b', 'info', 9001),
    ]);
    const count = (rule: string, severity: Severity) =>
      told.filter((one) => one.rule === rule && one.severity === severity).length;
    assert.deepEqual(
      [count('a', 'info'), count('b', 'error'), count('c', 'error'), count('b', 'info')],
      [1, mostProblems - 3, 1, 1],
    );
  });

  it('stay few for a file that has nothing but faults', () => {
    const text = '- [ ] T01 Again\n  - depends: nobody\n'.repeat(5000);
    const reading = readPlan({ path: 'a.plan.md', text });
    assert.ok(reading !== null);
    assert.equal(reading.problems.length, mostProblems + 1);
    assert.ok(lint(reading).length <= 2 * (mostProblems + 1));
  });
});
