import fc from 'fast-check';
import { RunsheetError } from '../../../src/model/errors';
import type { GateDecision } from '../../../src/model/status';
import type { SubtaskDecision } from '../../../src/store/repositories/subtasks';
import { permissions } from '../../../src/store/repositories/permissions';
import { person, type RunsWorld } from '../runs-world';

/** One thing that happens to a plan from outside; `pick` chooses among what is there. */
export interface Step {
  kind: StepKind;
  pick: number;
}

interface Scene {
  world: RunsWorld;
  /** How often a person had a subtask tried again, by key: each leaves room for one more attempt. */
  again: Map<string, number>;
}
type Act = (scene: Scene, pick: number) => Promise<unknown>;

const target = ({ world }: Scene) => {
  return { planId: world.plan().plan.id, subtasks: null, phases: null };
};

function one<T>(all: readonly T[], pick: number): T | undefined {
  return all[pick % Math.max(1, all.length)];
}

function keyAt({ world }: Scene, pick: number): string {
  return one([...world.plan().idByKey.keys()], pick) ?? '';
}

function decideGate(decision: GateDecision): Act {
  const states = { approve: 'open', reject: 'open', override: 'open', reopen: 'rejected' };
  return async ({ world }, pick) => {
    const gates = world.plan().gates.filter(({ state }) => state === states[decision]);
    const gate = one(gates, pick);
    if (gate !== undefined)
      await world.room.gatekeeper.decide(gate.id, decision, 'So it is.', person);
  };
}

function decide(action: SubtaskDecision): Act {
  return async (scene, pick) => {
    const key = keyAt(scene, pick);
    if (action === 'reset' || action === 'resume') tryAgain(scene, key);
    await scene.world.decide(key, action);
  };
}

function tryAgain({ again }: Scene, key: string): void {
  again.set(key, (again.get(key) ?? 0) + 1);
}

/** All that can happen. What is new in the product gets a line here, and is drawn at once. */
const acts = {
  pass: ({ world }, pick) => world.clock.pass((pick % 600) * 1000),
  kill: async ({ world }) => {
    await world.startEngine();
    await world.room.service.resume();
  },
  start: async (scene) => {
    if (scene.world.room.executor.all().length === 0) await scene.world.start();
  },
  stopRun: async ({ world }, pick) => {
    const run = one(world.room.state.liveRuns(), pick);
    if (run !== undefined) await world.room.service.stop({ runId: run.id }, person);
  },
  stopAll: ({ world }) => world.room.service.stop({}, person),
  approve: decideGate('approve'),
  rejectGate: decideGate('reject'),
  override: decideGate('override'),
  reopen: decideGate('reopen'),
  pausePlan: (scene) => scene.world.room.pauses.pause(target(scene), 'Wait.', person),
  resumePlan: (scene) => scene.world.room.pauses.resume(target(scene), '', person),
  hold: (scene, pick) => {
    const subtasks = [keyAt(scene, pick)];
    return scene.world.room.pauses.pause({ ...target(scene), subtasks }, 'Wait.', person);
  },
  release: (scene, pick) => {
    const subtasks = [keyAt(scene, pick)];
    return scene.world.room.pauses.resume({ ...target(scene), subtasks }, '', person);
  },
  accept: decide('accept'),
  skip: decide('skip'),
  reset: decide('reset'),
  resume: decide('resume'),
  cancel: decide('cancel'),
  block: decide('block'),
  reject: async (scene, pick) => {
    const key = keyAt(scene, pick);
    tryAgain(scene, key);
    const words = { type: pick % 2 === 0 ? 'style' : 'scope', reason: 'Not like this.' };
    const { planId } = target(scene);
    await scene.world.room.desks.rejections.reject(planId, key, words, person);
  },
  answer: async ({ world }, pick) => {
    const asked = one(await world.store.query(permissions.allOpen, undefined), pick);
    const answer = pick % 3 === 0 ? 'no' : 'yes';
    if (asked !== undefined) await world.room.desk.answer(asked.id, answer, person);
  },
  trustAgent: ({ world }) => world.room.health.resume('fake', person),
  conflict: async ({ world }, pick) => {
    world.repository.branch.conflicts = pick % 3 === 0 ? ['src/a.ts'] : [];
  },
} satisfies Record<string, Act>;
export type StepKind = keyof typeof acts;

// What moves things on is drawn more often than what stops them.
const often: StepKind[] = ['pass', 'pass', 'pass', 'kill', 'start', 'approve', 'approve', 'answer'];
const kinds = Object.keys(acts).filter((kind): kind is StepKind => Object.hasOwn(acts, kind));

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...often, ...kinds), pick: fc.nat(10_000) }),
  { minLength: 4, maxLength: 30 },
);

/** A person, and whatever else happens around the engine. */
export class Person {
  /** How often they had a subtask tried again, by key. */
  readonly again = new Map<string, number>();

  constructor(
    readonly world: RunsWorld,
    /** Resolves when everything that needs no time has happened. */
    private readonly quiet: () => Promise<void>,
  ) {}

  /** Does one thing. What the product refuses with a reason is refused; anything else is a fault. */
  async act({ kind, pick }: Step): Promise<void> {
    const act: Act = acts[kind];
    try {
      await act(this, pick);
    } catch (error) {
      if (!RunsheetError.is(error) || error.code === 'internal') throw error;
    }
    await this.quiet();
  }

  /** Brings the plan to its end, patiently: nothing fails any more. Returns what is still open. */
  async finish(): Promise<string[]> {
    const { world } = this;
    world.repository.branch.conflicts = [];
    for (let round = 0; round < 25; round += 1) {
      const isPaused = [...world.room.state.executions.values()].some(
        ({ state }) => state === 'paused',
      );
      if (isPaused) await this.act({ kind: 'resumePlan', pick: 0 });
      if (world.room.health.problemOf('fake') !== null)
        await this.act({ kind: 'trustAgent', pick: 0 });
      if (world.room.executor.all().length === 0) await this.act({ kind: 'start', pick: 0 });
      for (const { id } of await world.store.query(permissions.allOpen, undefined)) {
        await world.room.desk.answer(id, 'yes', person);
      }
      for (const gate of world.plan().gates) {
        if (gate.state === 'rejected') await this.act({ kind: 'reopen', pick: 0 });
        if (gate.state === 'open') await this.act({ kind: 'approve', pick: 0 });
      }
      await this.takeCareOfSubtasks(round);
      await this.act({ kind: 'pass', pick: 599 });
      if (this.open().length === 0) break;
    }
    return this.open();
  }

  private async takeCareOfSubtasks(round: number): Promise<void> {
    for (const [index, row] of [...this.world.plan().subtasks.values()].entries()) {
      if (this.world.plan().holdOn(row) !== null) await this.act({ kind: 'release', pick: index });
      const hasChecks = (this.world.plan().contentOf(row)?.checks.length ?? 0) > 0;
      const stuck = ['failed', 'needs_attention', 'blocked', 'cancelled'];
      const isStuck = stuck.includes(row.status);
      const isEscalated = this.world.plan().escalated.has(row.id);
      // What nothing can prove is taken as it is, and so is what was tried too often.
      if (row.status === 'needs_attention' && (!hasChecks || round > 20))
        await this.act({ kind: 'accept', pick: index });
      else if (isStuck || (isEscalated && row.status === 'pending'))
        await this.act({ kind: 'reset', pick: index });
    }
  }

  private open(): string[] {
    const closed = ['done', 'skipped', 'cancelled'];
    return [...this.world.plan().subtasks.values()]
      .filter(({ status, optional }) => !closed.includes(status) && !optional)
      .map(({ subtask_key: key, status, status_reason: why }) => `${key} ${status}: ${why ?? ''}`);
  }
}
