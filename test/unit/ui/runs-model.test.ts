import assert from 'node:assert/strict';
import { deltaSchema, type RunView } from '../../../src/protocol/views';
import { EngineState } from '../../../src/ui/engine/engine-state';
import { RunsModel } from '../../../src/ui/tree/runs-model';
import { runView } from '../../support/views';

const now = new Date(2026, 0, 5, 12, 0, 0).getTime();
const daysAgo = (days: number) => new Date(now - days * 86_400_000).toISOString();
const ended = (id: string, days: number): RunView =>
  runView({
    id,
    title: id,
    state: 'ended',
    outcome: 'completed',
    verdict: 'passed',
    endedAt: daysAgo(days),
  });

function given(runs: RunView[]) {
  const state = new EngineState();
  const model = new RunsModel(state.mirror, () => now);
  state.show(deltaSchema.parse({ runs }));
  return { state, model };
}

describe('the Runs view', () => {
  it('shows live runs first and the ended ones by day, newest first', () => {
    const { model } = given([
      ended('1', 3),
      ended('2', 1),
      ended('3', 0),
      ended('4', 0),
      runView({ id: '5' }),
    ]);
    const roots = model.roots();
    const labels = roots.map((node) => model.rowOf(node)?.label);
    assert.deepEqual(labels.slice(0, 3), ['T01 Title of T01', 'Today', 'Yesterday']);
    assert.equal(roots.length, 4);
    const today = model.childrenOf(roots[1]!).map((node) => node.id);
    assert.deepEqual(today, ['4', '3']);
  });

  it('draws only the run again that did something', () => {
    const { state, model } = given([runView({ id: '1' }), runView({ id: '2' })]);
    const touched: unknown[] = [];
    state.onDidChange((change) =>
      touched.push(model.touchedBy(change)?.map((node) => node.nodeId)),
    );
    const lastEvent = { type: 'message', text: 'x', at: '' };
    state.apply(deltaSchema.parse({ runs: [runView({ id: '2', lastEvent })] }));
    state.apply(deltaSchema.parse({ runs: [ended('2', 0)] }));
    state.apply(deltaSchema.parse({ runs: [runView({ id: '3' })] }));
    assert.deepEqual(touched, [['run:2'], undefined, undefined]);
  });
});
