import assert from 'node:assert/strict';
import { deltaSchema, type Delta } from '../../../src/protocol/views';
import { EngineState, type StateChange } from '../../../src/ui/engine/engine-state';
import { PlansModel } from '../../../src/ui/tree/plans-model';
import { counts, gateView, phaseView, planView, runView, subtaskView } from '../../support/views';

const phases = [
  phaseView({ id: 'p1', position: 0, counts: counts({ total: 2 }) }),
  phaseView({ id: 'p2', position: 1, counts: counts({ total: 1 }) }),
];
const gates = [gateView({ id: 'g1', phaseId: 'p1' }), gateView({ id: 'g2', phaseId: null })];
const plan = planView({ phases, gates, counts: counts({ total: 3 }) });
const t1 = subtaskView({ key: 'T1', phaseId: 'p1', position: 0 });
const t2 = subtaskView({ key: 'T2', phaseId: 'p1', position: 1, status: 'done', proof: 'proven' });
const t3 = subtaskView({ key: 'T3', phaseId: 'p2', position: 2 });

/** A state with the plan in it, and what each later delta changes. */
function given(delta: Partial<Delta> = {}) {
  const state = new EngineState();
  const model = new PlansModel(state.mirror);
  const changes: StateChange[] = [];
  state.onDidChange((change) => changes.push(change));
  state.show(deltaSchema.parse({ plans: [plan], subtasks: [t3, t2, t1], ...delta }));
  const touched = (update: Partial<Delta>) => {
    changes.length = 0;
    state.apply(deltaSchema.parse(update));
    const [change] = changes;
    return change === undefined ? [] : model.touchedBy(change)?.map((node) => node.nodeId);
  };
  return { state, model, changes, touched };
}

/** The tree as indented labels. */
function drawn(model: PlansModel): string[] {
  const lines: string[] = [];
  const draw = (nodes: ReturnType<PlansModel['roots']>, indent: string) => {
    for (const node of nodes) {
      lines.push(indent + (model.rowOf(node)?.label ?? '(gone)'));
      draw(model.childrenOf(node), `${indent}  `);
    }
  };
  draw(model.roots(), '');
  return lines;
}

describe('the Plans view', () => {
  it('shows phases, subtasks and gates in the order of the plan', () => {
    assert.deepEqual(drawn(given().model), [
      'Demo',
      '  Phase p1',
      '    T1 Title of T1',
      '    T2 Title of T2',
      '    Gate g1',
      '  Phase p2',
      '    T3 Title of T3',
      '  Gate g2',
    ]);
  });

  it('shows the subtasks of a plan without phases directly below it', () => {
    const nameless = planView({ phases: [phaseView({ id: 'p1', title: '' })] });
    const { model } = given({ plans: [nameless], subtasks: [t1] });
    assert.deepEqual(drawn(model), ['Demo', '  T1 Title of T1']);
  });

  it('shows no level for a phase that is called as its plan or as its only subtask', () => {
    const phases = [
      phaseView({ id: 'p1', position: 0, title: 'Demo' }),
      phaseView({ id: 'p2', position: 1, title: t3.title }),
      phaseView({ id: 'p3', position: 2, title: 'Last' }),
    ];
    const t4 = subtaskView({ key: 'T4', phaseId: 'p3', position: 3 });
    const { model, touched } = given({
      plans: [planView({ ...plan, phases, gates: [gateView({ id: 'g1', phaseId: 'p1' })] })],
      subtasks: [t1, t2, t3, t4],
    });
    const shown = (third: string[]) => [
      ...['Demo', '  T1 Title of T1', '  T2 Title of T2', '  Gate g1'],
      ...[...third, '  Last', '    T4 Title of T4'],
    ];
    assert.deepEqual(drawn(model), shown(['  T3 Title of T3']));
    assert.deepEqual(touched({ subtasks: [{ ...t3, title: 'New' }] }), ['plan:plan']);
    assert.deepEqual(drawn(model), shown(['  Title of T3', '    T3 New']));
  });

  it('finds the parent of every node that it shows', () => {
    const plain = phaseView({ id: 'p2', position: 1, title: plan.title });
    const { model } = given({ plans: [planView({ ...plan, phases: [phases[0]!, plain] })] });
    const check = (nodes: ReturnType<PlansModel['roots']>, parent: string | undefined) => {
      for (const node of nodes) {
        assert.equal(model.parentOf(node)?.nodeId, parent);
        check(model.childrenOf(node), node.nodeId);
      }
    };
    check(model.roots(), undefined);
  });

  it('draws only the subtask again when only its status changed', () => {
    const { touched } = given();
    assert.deepEqual(touched({ subtasks: [{ ...t1, status: 'in_progress' }] }), ['subtask:id-T1']);
  });

  it('draws nothing again for what is the same as before', () => {
    const { changes, touched } = given();
    assert.deepEqual(touched({ plans: [plan], subtasks: [t1, t2] }), []);
    assert.deepEqual(changes, []);
  });

  it('draws phase and plan again when their counts changed', () => {
    const { touched } = given();
    const busy = counts({ total: 2, running: 1 });
    const [p1, p2] = phases;
    const after = planView({
      ...plan,
      counts: counts({ total: 3, running: 1 }),
      phases: [{ ...p1!, counts: busy }, p2!],
    });
    assert.deepEqual(touched({ plans: [after] }), ['plan:plan', 'phase:plan:p1']);
  });

  it('does not draw the plan again for what its row does not show', () => {
    const { touched } = given();
    assert.deepEqual(touched({ plans: [{ ...plan, etaMs: 5000 }] }), []);
  });

  it('draws the plan again when a subtask comes, goes or moves', () => {
    const fresh = subtaskView({ key: 'T4', phaseId: 'p2', position: 3 });
    assert.deepEqual(given().touched({ subtasks: [fresh] }), ['plan:plan']);
    const removed = { plans: [], subtasks: ['id-T1'], needs: [] };
    assert.deepEqual(given().touched({ removed }), ['plan:plan']);
    assert.deepEqual(given().touched({ subtasks: [{ ...t1, phaseId: 'p2' }] }), ['plan:plan']);
  });

  it('draws everything again when a plan comes or goes', () => {
    assert.equal(given().touched({ plans: [planView({ id: 'other' })] }), undefined);
    const removed = { plans: ['plan'], subtasks: [], needs: [] };
    assert.equal(given().touched({ removed }), undefined);
  });

  it('tells plans of one title apart by their paths', () => {
    const other = planView({ id: 'other', path: 'other.plan.md', title: plan.title });
    const { model, touched } = given({ plans: [plan, other] });
    const descriptions = () => model.roots().map((node) => model.rowOf(node)?.description);
    assert.deepEqual(descriptions(), ['0/3 · demo.plan.md', '0/0 · other.plan.md']);
    assert.equal(touched({ plans: [{ ...other, title: 'Another' }] }), undefined);
    assert.deepEqual(descriptions(), ['0/3', '0/0']);
  });

  it('draws a subtask again when its last run did something', () => {
    const live = { ...t1, status: 'in_progress' as const, lastRunId: 'r1' };
    const run = runView({ id: 'r1', subtaskId: t1.id });
    const { touched } = given({ subtasks: [live], runs: [run] });
    const after = { ...run, lastEvent: { type: 'message', text: 'hello', at: '' } };
    assert.deepEqual(touched({ runs: [after] }), ['subtask:id-T1']);
    assert.deepEqual(touched({ runs: [runView({ id: 'r0', subtaskId: t1.id })] }), []);
  });

  it('hides what a filter does not match, and phases without a match', () => {
    const { model } = given();
    model.filter = { groups: new Set(['done']), text: '' };
    assert.deepEqual(drawn(model), [
      'Demo',
      '  Phase p1',
      '    T2 Title of T2',
      '    Gate g1',
      '  Gate g2',
    ]);
    model.filter = { groups: new Set(), text: 't3' };
    assert.ok(drawn(model).includes('    T3 Title of T3'));
    assert.ok(!drawn(model).includes('  Phase p1'));
  });

  it('draws the plan again when a subtask stops matching the filter', () => {
    const { model, touched } = given();
    model.filter = { groups: new Set(['ready']), text: '' };
    assert.deepEqual(touched({ subtasks: [{ ...t1, status: 'in_progress' }] }), ['plan:plan']);
  });
});
