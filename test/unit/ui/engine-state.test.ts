import assert from 'node:assert/strict';
import { deltaSchema, type Delta } from '../../../src/protocol/views';
import { EngineState, type StateChange } from '../../../src/ui/engine/engine-state';
import { needView, planView, subtaskView } from '../../support/views';

const snapshot = (values: Partial<Delta>) => deltaSchema.parse(values);

function given() {
  const state = new EngineState();
  const changes: StateChange[] = [];
  state.onDidChange((change) => changes.push(change));
  return { state, changes };
}

describe('the state of the engine in a window', () => {
  it('is announced as the first one once', () => {
    const { state, changes } = given();
    state.show(snapshot({}));
    state.show(snapshot({ plans: [planView()] }));
    assert.deepEqual(
      changes.map((change) => change.first),
      [true, false],
    );
  });

  it('says what was before and what is after', () => {
    const { state, changes } = given();
    state.show(snapshot({ plans: [planView({ title: 'Old' })] }));
    state.apply(snapshot({ plans: [planView({ title: 'New' })] }));
    const [change] = changes[1]?.plans ?? [];
    assert.deepEqual([change?.before?.title, change?.after?.title], ['Old', 'New']);
  });

  it('is silent about a repeated state', () => {
    const { state, changes } = given();
    const all = snapshot({ plans: [planView()], subtasks: [subtaskView({ key: 'A' })] });
    state.show(all);
    state.show(all);
    assert.equal(changes.length, 1);
  });

  it('forgets what a new subscription does not name any more', () => {
    const { state, changes } = given();
    state.show(snapshot({ plans: [planView()], needs: [needView({ id: 'n' })] }));
    state.show(snapshot({ plans: [planView()] }));
    assert.equal(state.mirror.needs.size, 0);
    assert.equal(changes[1]?.needs[0]?.after, null);
  });
});
