import assert from 'node:assert/strict';
import { Mirror } from '../../../src/protocol/mirror';
import { deltaSchema, type Delta } from '../../../src/protocol/views';
import { needView, planView, runView, subtaskView } from '../../support/views';

function delta(values: Partial<Omit<Delta, 'removed'>>, removed: Partial<Delta['removed']> = {}) {
  const nothing = { plans: [], subtasks: [], needs: [] };
  return deltaSchema.parse({ ...values, removed: { ...nothing, ...removed } });
}

describe('what a client knows of the engine', () => {
  it('is replaced thing by thing', () => {
    const mirror = new Mirror();
    mirror.apply(
      delta({
        plans: [planView()],
        subtasks: [subtaskView({ key: 'T01' }), subtaskView({ key: 'T02' })],
      }),
    );
    mirror.apply(
      delta({ subtasks: [subtaskView({ key: 'T02', status: 'done', proof: 'proven' })] }),
    );
    assert.deepEqual(
      [...mirror.subtasks.values()].map(({ key, status }) => [key, status]),
      [
        ['T01', 'pending'],
        ['T02', 'done'],
      ],
    );
    assert.equal(mirror.plans.size, 1);
  });

  it('loses what is gone', () => {
    const mirror = new Mirror();
    mirror.apply(
      delta({
        plans: [planView()],
        subtasks: [subtaskView({ key: 'T01' })],
        needs: [needView({ id: 'n' })],
      }),
    );
    mirror.apply(delta({}, { plans: ['plan'], subtasks: ['id-T01'], needs: ['n', 'unknown'] }));
    assert.deepEqual([mirror.plans.size, mirror.subtasks.size, mirror.needs.size], [0, 0, 0]);
  });

  it('forgets everything before the state of another engine', () => {
    const mirror = new Mirror();
    mirror.apply(delta({ plans: [planView()], runs: [runView({ id: 'r' })] }));
    mirror.clear();
    mirror.apply(delta({ plans: [planView({ id: 'other' })] }));
    assert.deepEqual([...mirror.plans.keys()], ['other']);
    assert.equal(mirror.runs.size, 0);
  });

  it('gives subtasks in the order of their plan, and runs by time', () => {
    const mirror = new Mirror();
    mirror.apply(
      delta({
        subtasks: [
          subtaskView({ key: 'B', position: 1 }),
          subtaskView({ key: 'A', position: 0 }),
          subtaskView({ key: 'C', position: 0, planId: 'other' }),
        ],
        runs: [runView({ id: '01' }), runView({ id: '03' }), runView({ id: '02' })],
      }),
    );
    assert.deepEqual(
      mirror.subtasksOf('plan').map(({ key }) => key),
      ['A', 'B'],
    );
    assert.deepEqual(
      mirror.runsByTime().map(({ id }) => id),
      ['03', '02', '01'],
    );
  });
});
