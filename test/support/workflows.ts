import { triggerDefinitionSchema } from '../../src/model/trigger';
import { executions } from '../../src/store/repositories/executions';
import type { FiringRow } from '../../src/store/repositories/firing-rows';
import type { GateContent } from '../../src/store/repositories/gate-sync';
import { gates } from '../../src/store/repositories/gates';
import { subtasks } from '../../src/store/repositories/subtasks';
import { triggers } from '../../src/store/repositories/triggers';
import { InMemoryStore } from './in-memory-store';
import { engine, person, phaseContent, rowOf, subtaskContent, sync } from './plan-rows';

const gate: GateContent = {
  ...{ key: 'g', title: 'Look', kind: 'human', trigger: 'manual' },
  ...{ phaseKey: null, subtaskKey: null, criteria: [] },
};
const content = {
  phases: [phaseContent('p')],
  subtasks: [subtaskContent('T01', { phaseKey: 'p' })],
  gates: [gate],
};
export const w1 = 'w1.plan.md';
export const w4 = 'w4.plan.md';

/** Two plans of one subtask each. */
export class Workflows {
  private constructor(
    readonly store: InMemoryStore,
    readonly w1: string,
    readonly w4: string,
  ) {}

  static async with(act: (flows: Workflows) => Promise<void>): Promise<void> {
    const store = await InMemoryStore.open();
    try {
      const planId = (path: string) => sync(store, { ...content, path });
      await act(new Workflows(store, await planId(w1), await planId(w4)));
    } finally {
      await store.close();
    }
  }

  set(values: object, actor = person) {
    const plain = { source: { kind: 'plan', ref: w1 }, fires_on: 'on_complete' };
    const target = { action: 'start_plan', target: w4 };
    const definition = triggerDefinitionSchema.parse({ name: 't', ...plain, ...target, ...values });
    return this.store.command(triggers.set, definition, actor);
  }

  async subtask(planId = this.w1): Promise<string> {
    return (await rowOf(this.store, planId, 'T01')).id;
  }

  /** Starts the plan, as a trigger does with `firing`. */
  async start(planId: string, firing?: string): Promise<string> {
    const { id } = await this.store.command(
      executions.create,
      {
        ...{ planId, scope: 'plan', scopeRef: null, baseBranch: null, workBranch: 'b' },
        ...{ baseCommit: 'a'.repeat(40), options: { workers: null, agent: null } },
        ...(firing === undefined ? {} : { triggerFiringId: firing }),
      },
      person,
    );
    return id;
  }

  /** Carries the plan out, its only subtask proven or taken at a person's word. */
  async complete(planId: string, proof: 'proven' | 'accepted', firing?: string): Promise<void> {
    const execution = await this.start(planId, firing);
    const subtaskId = await this.subtask(planId);
    const reset = { subtaskId, to: 'pending' as const };
    await this.store.command(subtasks.step, reset, engine);
    if (proof === 'accepted') {
      const input = { subtaskId, action: 'accept' as const, reason: 'Seen.' };
      await this.store.command(subtasks.decide, input, person);
    } else await this.prove(subtaskId);
    const gate = (await this.store.query(gates.ofPlan, planId))[0]?.id ?? '';
    this.store.connection.run("UPDATE gates SET state = 'approved' WHERE id = ?", gate);
    const end = { id: execution, to: 'completed' as const, message: null };
    await this.store.command(executions.step, end, engine);
  }

  async prove(subtaskId: string): Promise<void> {
    const verificationId = `v-${String(Math.random())}`;
    this.store.connection.run(
      `INSERT INTO verifications (id, subtask_id, validators, gate_mode, tree, requested_by,
         created_at) VALUES (?, ?, '[]', 'all_pass', 'merged', 'engine', 'now')`,
      verificationId,
      subtaskId,
    );
    const proof = { kind: 'proven' as const, verificationId };
    await this.store.command(subtasks.step, { subtaskId, to: 'done', proof }, engine);
  }

  /** Everything that has fired, the oldest first. */
  async firings(): Promise<FiringRow[]> {
    const all = await this.store.query(triggers.recentFirings, 100);
    return all.map(({ firing }) => firing).toReversed();
  }

  async states(): Promise<string[]> {
    return (await this.firings()).map(({ state }) => state);
  }
}
