import assert from 'node:assert/strict';
import { refusalOf, triggerDefinitionSchema } from '../../../src/model/trigger';
import { triggerCycles } from '../../../src/model/trigger-graph';

const plain = {
  name: 't',
  source: { kind: 'plan' },
  fires_on: 'on_complete',
  action: 'start_plan',
  target: 'b.plan.md',
};

function refusal(values: object): string | null {
  return refusalOf(triggerDefinitionSchema.parse({ ...plain, ...values }));
}

describe('a trigger', () => {
  it('asks a person and ends chains at five unless it says otherwise', () => {
    const { needs_confirmation: asks, max_chain: most } = triggerDefinitionSchema.parse(plain);
    assert.deepEqual([asks, most], [true, 5]);
    assert.equal(refusal({}), null);
  });

  it('has no fields that nobody knows', () => {
    assert(!triggerDefinitionSchema.safeParse({ ...plain, when: 'now' }).success);
  });

  it('is refused when it could never fire or act', () => {
    const refused: [object, RegExp][] = [
      [{ source: { kind: 'work_item' } }, /no work items yet/],
      [{ action: 'create_work_item' }, /no work items yet/],
      [{ fires_on: 'on_approve' }, /Nothing makes a plan fire on_approve/],
      [{ source: { kind: 'phase' }, fires_on: 'on_fail' }, /Nothing makes a phase/],
      [{ source: { kind: 'gate' }, fires_on: 'on_complete' }, /Nothing makes a gate/],
      [{ target: null }, /needs a target/],
      [{ action: 'notify' }, /no target/],
      [{ action: 'run_spec', target: 'fixer' }, /needs config.subtask/],
      [{ config: { subtask: 'x' } }, /for run_spec alone/],
      [{ config: { message: 'x' } }, /for notify alone/],
      [{ fires_on: 'on_fail', config: { accepted: true } }, /for on_complete alone/],
    ];
    for (const [values, message] of refused) assert.match(refusal(values) ?? '', message);
  });

  it('runs a spec for the subtask that fires it, or for one that it names', () => {
    const spec = { action: 'run_spec', target: 'fixer' };
    assert.equal(refusal({ ...spec, source: { kind: 'subtask' }, fires_on: 'on_fail' }), null);
    assert.equal(refusal({ ...spec, config: { subtask: 'x' } }), null);
    assert.match(
      refusal({ ...spec, source: { kind: 'subtask' }, fires_on: 'manual' }) ?? '',
      /config\.subtask/,
    );
  });
});

describe('triggers that can start each other for ever', () => {
  it('are named together, those beside them are not', () => {
    const edges = [
      { name: 'w1-w4', from: ['w1'], to: 'w4' },
      { name: 'w4-w1', from: ['w4'], to: 'w1' },
      { name: 'w4-w2', from: ['w4'], to: 'w2' },
    ];
    assert.deepEqual(triggerCycles(edges), [['w1-w4', 'w4-w1']]);
  });

  it('may be a single one', () => {
    assert.deepEqual(triggerCycles([{ name: 'again', from: ['a', 'b'], to: 'a' }]), [['again']]);
  });

  it('are none in a chain with an end', () => {
    const edges = [
      { name: 'x', from: ['a'], to: 'b' },
      { name: 'y', from: ['b'], to: 'c' },
    ];
    assert.deepEqual(triggerCycles(edges), []);
  });
});
