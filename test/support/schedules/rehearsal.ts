import assert from 'node:assert/strict';
import { z } from 'zod';
import { messageOf } from '../../../src/model/errors';
import { settle } from '../fake-clock';
import { planPath, RunsWorld } from '../runs-world';
import { Chaos } from './chaos';
import { Oracle } from './oracle';
import { Person, type Step } from './person';
import { textOf, type PlanSpec } from './random-plan';
import { Watch } from './watch';

/** One random plan under one random schedule, watched from outside of the product. */
export class Rehearsal {
  private readonly chaos: Chaos;
  private readonly person: Person;
  private readonly oracle: Oracle;

  private constructor(
    private readonly plan: PlanSpec,
    seed: number,
    private readonly world: RunsWorld,
    private readonly watch: Watch,
  ) {
    this.chaos = new Chaos(seed, world);
    this.person = new Person(world, () => this.quiet());
    this.oracle = new Oracle(plan, world, this.chaos.witness, this.person.again);
    world.checks.answer = (validator, context) => this.chaos.check(validator, context);
    for (const { key } of plan.subtasks) this.chaos.script(key);
    watch.onDispatch = (subtaskId) => {
      try {
        this.oracle.lookAtStart(subtaskId);
      } catch (error) {
        // Thrown here, it would be the engine's to deal with.
        watch.fault ??= error;
      }
    };
  }

  static async of(plan: PlanSpec, seed: number, steps: readonly Step[]): Promise<void> {
    const watch = new Watch();
    await RunsWorld.with(
      { [planPath]: textOf(plan) },
      async (world) => {
        const rehearsal = new Rehearsal(plan, seed, world, watch);
        try {
          await rehearsal.carryOut(steps);
        } catch (error) {
          throw new Error(`${rehearsal.scene(steps)}\n\n${String(error)}`, { cause: error });
        }
      },
      { store: (store) => watch.over(store), files: watch.files },
    );
  }

  private async carryOut(steps: readonly Step[]): Promise<void> {
    await this.world.room.gatekeeper.trust();
    await this.person.act({ kind: 'start', pick: 0 });
    for (const step of steps) {
      await this.person.act(step);
      this.look();
    }
    this.chaos.calm = true;
    assert.deepEqual(
      await this.person.finish(),
      [],
      'a patient person brings every plan to its end',
    );
    await this.quiet();
    this.look();
    this.oracle.lookAtEnd();
  }

  /** All that somebody needs who wants to know what went wrong. */
  private scene(steps: readonly Step[]): string {
    const tables = [
      'SELECT subtask_key, status, proof, status_reason, attempt_limit, next_run FROM subtasks',
      'SELECT gate_key, state FROM gates',
      'SELECT state, message FROM plan_executions ORDER BY id DESC LIMIT 3',
      `SELECT s.subtask_key, r.started_because, r.state, r.outcome, r.verdict, r.error
       FROM runs r JOIN subtasks s ON s.id = r.subtask_id ORDER BY r.id`,
      'SELECT agent_key, state, failures, reason, retry_at FROM agent_states',
      'SELECT status, reason_code FROM escalations',
    ];
    const rows = tables.flatMap((sql) => [
      '',
      ...this.world.store.connection.all(z.unknown(), sql).map((row) => JSON.stringify(row)),
    ]);
    const happened = steps.map(({ kind, pick }) => `${kind} ${pick}`).join(', ');
    return [textOf(this.plan), happened, ...rows, '', ...this.world.logged].join('\n');
  }

  /** Until nothing is written any more without time having to pass. */
  private async quiet(): Promise<void> {
    for (let still = 0, before = -1; still < 4;) {
      for (let turn = 0; turn < 5; turn += 1) await settle();
      await this.world.room.state.settled();
      const isStill = this.watch.written === before && !this.watch.isBusy;
      still = isStill ? still + 1 : 0;
      before = this.watch.written;
    }
  }

  private look(): void {
    if (this.watch.fault !== null) throw new Error(messageOf(this.watch.fault));
    this.oracle.lookAtRows();
  }
}
