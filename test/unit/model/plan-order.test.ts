import assert from 'node:assert/strict';
import {
  phaseDefaults,
  subtaskDefaults,
  type Dependency,
  type Subtask,
} from '../../../src/model/plan';
import { planOrder } from '../../../src/model/plan-order';

const range = { start: 0, end: 0 };

function subtask(key: string, values: Partial<Subtask>): Subtask {
  return {
    ...{ ...subtaskDefaults, key, keyOrigin: 'declared', id: key, title: key, dependsOn: [] },
    ...{ files: [], labels: [], verification: [], checks: [], line: 1, range, ...values },
  };
}

const on = (id: string, kind: Dependency['kind']): Dependency => ({ id, kind, range: null });

/** The ids that each waits for, of subtasks written `key: after` with what the file leaves out. */
function orderOf(subtasks: readonly Subtask[]): Record<string, string[]> {
  const phase = { ...phaseDefaults, key: 'P', id: 'P', title: 'P', dependsOn: [], line: 1, range };
  const { subtasks: order } = planOrder({ phases: [{ ...phase, subtasks: [...subtasks] }] });
  return Object.fromEntries([...order].map(([key, all]) => [key, all.map(({ id }) => id)]));
}

describe('the order behind what a file leaves out', () => {
  const out = { status: 'skipped' } as const;

  it('is that of what it waited for, where nothing was declared', () => {
    const order = orderOf([
      subtask('A', {}),
      subtask('B', { ...out, dependsOn: [on('A', 'implied')] }),
      subtask('C', { leftOut: 'its task was cancelled', dependsOn: [on('B', 'implied')] }),
      subtask('D', { dependsOn: [on('C', 'implied')] }),
    ]);
    assert.deepEqual(order['D'], ['A']);
    assert.deepEqual(order['C'], ['B']);
  });

  it('stays as it is where the file declares it', () => {
    const order = orderOf([subtask('A', out), subtask('B', { dependsOn: [on('A', 'declared')] })]);
    assert.deepEqual(order['B'], ['A']);
  });

  it('ends for cycles of it, and takes over nothing that is not there', () => {
    const order = orderOf([
      subtask('A', { ...out, dependsOn: [on('B', 'implied'), on('X', 'declared')] }),
      subtask('B', { ...out, dependsOn: [on('A', 'implied')] }),
      subtask('C', { dependsOn: [on('B', 'implied')] }),
    ]);
    assert.deepEqual(order['C'], []);
  });
});
