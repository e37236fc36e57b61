import assert from 'node:assert/strict';
import { codebaseMcpFormat } from '../../../src/formats/codebase-mcp/format';
import { kiroFormat } from '../../../src/formats/kiro/format';
import { subtasksOf, type Plan, type PlanReading } from '../../../src/model/plan';
import { mostTakenApart, planOrder } from '../../../src/model/plan-order';

function read(lines: readonly string[]): PlanReading {
  const text = `# Implementation Plan\n\n${lines.join('\n')}\n`;
  return kiroFormat.read({ path: '.kiro/specs/shop/tasks.md', text });
}

function steps(plan: Plan | undefined): number {
  assert.ok(plan);
  return subtasksOf(plan).reduce((sum, { dependsOn }) => sum + dependsOn.length, 0);
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** A group of so many tasks, and as many that wait for it. */
function waiting(count: number): string[] {
  return [
    '- [ ] 1. Shop',
    ...numbers(count).map((number) => `  - [ ] 1.${number} Part`),
    '- [ ] 2. Till',
    ...numbers(count).flatMap((number) => [`  - [ ] 2.${number} Part`, '    - _Depends: 1_']),
  ];
}

describe('tasks that wait for groups', () => {
  it('wait for each task of the group', () => {
    const { plans, problems } = read(waiting(20));
    const [plan] = plans;
    assert.ok(plan);
    const { subtasks, overfull } = planOrder(plan);
    assert.equal(overfull, null);
    assert.equal(subtasks.get('2.20')?.filter(({ id }) => id.startsWith('1.')).length, 20);
    assert.deepEqual(problems, []);
  });

  it('are told, and stay where they are, when that means too many dependencies', () => {
    const { plans, problems } = read(waiting(600));
    const [plan] = plans;
    assert.ok(plan);
    const { subtasks, overfull } = planOrder(plan);
    assert.equal(overfull, '2.334');
    assert.deepEqual(
      problems.map(({ rule, line }) => [rule, line]),
      [['too-many-dependencies', 2 + 600 + 2 + 2 * 333 + 1]],
    );
    const all = [...subtasks.values()].reduce((sum, { length }) => sum + length, 0);
    assert.ok(all < mostTakenApart + 4 * 600);
    assert.ok(subtasks.get('2.600')?.some(({ id, kind }) => id === '1' && kind === 'declared'));
  });
});

describe('ranges of very many tasks', () => {
  it('are read up to a bound, which is told once', () => {
    const lines = numbers(3000).map((number) => {
      const id = `T${String(number).padStart(4, '0')}`;
      return `- [ ] **${id}** Part\n  - **Dependencies**: T0001-${id}`;
    });
    const text = `# Tasks: Shop\n\n## Phase 3.1: Setup\n\n${lines.join('\n')}\n`;
    const { plans, problems } = codebaseMcpFormat.read({ path: 'specs/001-shop/tasks.md', text });
    assert.equal(steps(plans[0]), 100_001);
    const told = problems.filter(({ rule }) => rule === 'too-many-dependencies');
    assert.equal(told.length, 1);
  });
});

describe('optional tasks behind many that may run together', () => {
  const tasks = (count: number) => [
    '- [ ] 1. Shop',
    ...numbers(count).map((number) => `  - [ ] 1.${number} Part (P)`),
    ...numbers(count).map((number) => `  - [ ]* 1.${count + number} More`),
  ];

  it('wait for each of them', () => {
    assert.equal(steps(read(tasks(30)).plans[0]), 30 * 30);
  });

  it('wait for the last of them where the steps would be too many', () => {
    assert.ok(steps(read(tasks(1000)).plans[0]) <= 200_000 + 1000);
  });
});
