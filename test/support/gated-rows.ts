import assert from 'node:assert/strict';
import { validatorSchema } from '../../src/model/validator';
import type { GateRow } from '../../src/store/repositories/gate-rows';
import type { GateContent } from '../../src/store/repositories/gate-sync';
import { gates, type GateDecisionInput } from '../../src/store/repositories/gates';
import { phases } from '../../src/store/repositories/phases';
import { subtasks } from '../../src/store/repositories/subtasks';
import { verifications } from '../../src/store/repositories/verifications';
import { InMemoryStore } from './in-memory-store';
import { engine, person, phaseContent, rowOf, subtaskContent, sync } from './plan-rows';

const check = validatorSchema.parse({
  ...{ id: 'tests', type: 'test_pass', config: { command: ['npm', 'test'] } },
});

export function gate(values: Partial<GateContent> = {}): GateContent {
  return {
    key: 'g',
    title: 'Look',
    kind: 'human',
    trigger: 'after_phase',
    phaseKey: 'a',
    subtaskKey: null,
    criteria: [{ text: 'It is good', validator: null }],
    ...values,
  };
}

const content = {
  phases: [phaseContent('a'), phaseContent('b')],
  subtasks: [subtaskContent('T01', { phaseKey: 'a' }), subtaskContent('T02', { phaseKey: 'b' })],
};

/** A plan of two phases with a subtask each, and gates. */
export class Gated {
  private constructor(
    readonly store: InMemoryStore,
    readonly planId: string,
  ) {}

  static async with(
    list: readonly GateContent[],
    act: (gated: Gated) => Promise<void>,
  ): Promise<void> {
    const store = await InMemoryStore.open();
    try {
      await act(new Gated(store, await sync(store, { ...content, gates: list })));
    } finally {
      await store.close();
    }
  }

  /** The file says this from now on. */
  resync(list: readonly GateContent[]): Promise<string> {
    return sync(this.store, { ...content, gates: list });
  }

  async gate(): Promise<GateRow> {
    const [row] = await this.store.query(gates.ofPlan, this.planId);
    assert(row !== undefined);
    return row;
  }

  async open(): Promise<GateRow> {
    await this.store.command(gates.open, (await this.gate()).id, engine);
    return this.gate();
  }

  async decide(
    decision: GateDecisionInput['decision'],
    more: Partial<GateDecisionInput> = {},
    actor = person,
  ): Promise<GateRow> {
    const gateId = (await this.gate()).id;
    const reason = decision === 'approve' ? null : 'So.';
    return this.store.command(gates.decide, { gateId, decision, reason, ...more }, actor);
  }

  /** A check of the gate has answered. */
  async answer(met: boolean, commit = 'a'.repeat(40)): Promise<void> {
    const { id: gateId, criteria } = await this.gate();
    const verificationId = await this.store.command(
      verifications.start,
      {
        ...{ runId: null, subtaskId: null, gateId, acceptanceSpecId: null, validators: [check] },
        ...{ gateMode: 'all_pass', minScore: null, tree: 'merged', dirty: false },
        ...{ commit, treeHash: null },
      },
      engine,
    );
    const id = criteria.find(({ kind }) => kind === 'check')?.id ?? '';
    const input = { id, gateId, met, verificationId };
    await this.store.command(gates.markCriterion, input, engine);
  }

  async accept(key: string): Promise<void> {
    const { id: subtaskId } = await rowOf(this.store, this.planId, key);
    const input = { subtaskId, action: 'accept' as const, reason: 'Seen.' };
    await this.store.command(subtasks.decide, input, person);
  }

  async phaseStatuses(): Promise<string[]> {
    return (await this.store.query(phases.ofPlan, this.planId)).map(({ status }) => status);
  }
}

export const checked = { text: 'Tests pass', validator: check };
export const asked = { text: 'It is good', validator: null };
