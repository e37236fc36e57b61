import assert from 'node:assert/strict';
import { z } from 'zod';
import { NodeFiles, type FileKind } from '../../../src/platform/files';
import type { Change, Command, Query } from '../../../src/store/command';
import { messageOf } from '../../../src/model/errors';
import { runs } from '../../../src/store/repositories/runs';
import type { CommandOptions, Store } from '../../../src/store/store';
import { settle } from '../fake-clock';
import type { InMemoryStore } from '../in-memory-store';
import { planPath, RunsWorld } from '../runs-world';
import { Chaos, type AgentEnd } from './chaos';
import { Person, type Step } from './person';
import { areEnough, gatesOf, textOf, type PlanSpec, type SubtaskSpec } from './random-plan';

const text = z.string();
const subtaskRow = z.object({ id: text, subtask_key: text, status: text, proof: text.nullable() });

/** One random plan under one random schedule, watched from outside of the product. */
export class Rehearsal {
  readonly chaos: Chaos;
  readonly person: Person;
  private readonly specs: ReadonlyMap<string, SubtaskSpec>;

  private constructor(
    private readonly plan: PlanSpec,
    seed: number,
    private readonly world: RunsWorld,
    private readonly watch: Watch,
  ) {
    this.chaos = new Chaos(seed, world);
    this.person = new Person(world, () => this.quiet());
    this.specs = new Map(plan.subtasks.map((one) => [one.key, one]));
    world.checks.answer = (validator, context) => this.chaos.check(validator, context);
    for (const { key } of plan.subtasks) this.chaos.script(key);
    watch.onDispatch = (subtaskId) => {
      try {
        this.lookAtStart(subtaskId);
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
      this.lookAtRows();
    }
    this.chaos.calm = true;
    assert.deepEqual(
      await this.person.finish(),
      [],
      'a patient person brings every plan to its end',
    );
    await this.quiet();
    this.lookAtRows();
    this.lookAtEnd();
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
      const isStill = this.watch.written === before && !this.watch.files.isBusy && !isBusy();
      still = isStill ? still + 1 : 0;
      before = this.watch.written;
    }
  }

  private rows() {
    const sql = 'SELECT id, subtask_key, status, proof FROM subtasks WHERE removed_at IS NULL';
    return this.world.store.connection.all(subtaskRow, sql);
  }

  private specOf(key: string): SubtaskSpec {
    const spec = this.specs.get(key);
    assert(spec, `${key} is in the plan`);
    return spec;
  }

  /** At the moment in which a run's row is made: everything before it is done and open. */
  private lookAtStart(subtaskId: string): void {
    const rows = this.rows();
    const status = new Map(rows.map((row) => [row.subtask_key, row.status]));
    const key = rows.find(({ id }) => id === subtaskId)?.subtask_key ?? '';
    const spec = this.specOf(key);
    const closed = (one: SubtaskSpec) =>
      ['done', 'skipped', 'cancelled'].includes(status.get(one.key) ?? '');
    for (const before of spec.depends) {
      const is = status.get(before) ?? '';
      assert.ok(is === 'done' || is === 'skipped', `${key} was started, and ${before} is ${is}`);
    }
    const earlier = this.plan.subtasks.filter((one) => one.phase < spec.phase);
    const last = Math.max(...earlier.map((one) => one.phase));
    const open = earlier.filter((one) => one.phase === last && !one.optional && !closed(one));
    const keys = open.map((one) => one.key);
    assert.deepEqual(keys, [], `${key} was started before the phase before it was done`);
    this.lookAtGates(key);
    this.lookAtLive(spec);
  }

  private lookAtGates(key: string): void {
    const row = z.object({ gate_key: text, state: text });
    const sql = 'SELECT gate_key, state FROM gates WHERE removed_at IS NULL';
    const states = new Map(
      this.world.store.connection.all(row, sql).map((gate) => [gate.gate_key, gate.state]),
    );
    for (const gate of gatesOf(this.plan)) {
      const state = states.get(gate.key);
      assert.ok(state !== undefined, `there is no gate ${gate.key}`);
      if (!gate.blocks.has(key)) continue;
      const passed = state === 'approved' || state === 'overridden';
      assert.ok(passed, `${key} was started, and its gate ${gate.key} is ${state}`);
    }
  }

  private lookAtLive(spec: SubtaskSpec): void {
    const row = z.object({ subtask_key: text });
    const sql = `SELECT s.subtask_key FROM runs r JOIN subtasks s ON s.id = r.subtask_id
      WHERE r.state <> 'ended' AND s.subtask_key <> ?`;
    const live = this.world.store.connection.all(row, sql, spec.key);
    assert.ok(live.length < this.plan.workers, `${spec.key} was started beyond all workers`);
    for (const { subtask_key: other } of live) {
      const shared = this.specOf(other).files.filter((file) => spec.files.includes(file));
      assert.deepEqual(shared, [], `${spec.key} was started beside ${other}`);
    }
  }

  private lookAtRows(): void {
    if (this.watch.fault !== null) throw new Error(messageOf(this.watch.fault));
    this.lookAtProofs();
    this.lookAtVerdicts();
    this.lookAtAttempts();
  }

  /** What is proven was checked on the merged tree, and its checks said so. */
  private lookAtProofs(): void {
    const row = z.object({
      ...{ key: text, verdict: text.nullable(), tree: text, commit_hash: text.nullable() },
      ...{ run_id: text.nullable(), dirty: z.int() },
    });
    const sql = `SELECT s.subtask_key AS key, v.verdict, v.tree, v.commit_hash, v.run_id, v.dirty
      FROM subtasks s LEFT JOIN verifications v ON v.id = s.proven_verification_id
      WHERE s.proof = 'proven'`;
    for (const proof of this.world.store.connection.all(row, sql)) {
      assert.equal(proof.verdict, 'passed', proof.key);
      assert.equal(proof.tree, 'merged', proof.key);
      assert.ok(proof.commit_hash !== null && proof.dirty === 0, proof.key);
      const { path } = this.world.repository.branch;
      const answers = this.chaos.witness.checks.filter(
        ({ runId, directory }) => runId === proof.run_id && directory === path,
      );
      const spec = this.specOf(proof.key);
      const outcomes = answers.slice(-spec.checks.length).map(({ outcome }) => outcome);
      const said = `${proof.key} is proven by ${outcomes.join(', ')}`;
      assert.ok(areEnough(spec, outcomes), said);
    }
  }

  /** No run passes whose agent did not finish its work by itself. */
  private lookAtVerdicts(): void {
    const row = z.object({ id: text, previous_run_id: text.nullable(), outcome: text });
    const sql = "SELECT id, previous_run_id, outcome FROM runs WHERE verdict = 'passed'";
    for (const run of this.world.store.connection.all(row, sql)) {
      assert.equal(run.outcome, 'completed');
      // What an engine could not bring to its end is closed out by a run without an agent.
      const witnessed = this.chaos.witness.agents.get(run.id) ?? this.agentBefore(run.id);
      assert.equal(witnessed?.outcome.kind, 'completed', `run ${run.id} passed`);
      assert.equal(witnessed.denials, 0, `run ${run.id} passed although it was denied something`);
    }
  }

  private agentBefore(runId: string): AgentEnd | undefined {
    const row = z.object({ previous_run_id: text.nullable() });
    const sql = 'SELECT previous_run_id FROM runs WHERE id = ?';
    const before = this.world.store.connection.get(row, sql, runId)?.previous_run_id ?? null;
    if (before === null) return undefined;
    return this.chaos.witness.agents.get(before) ?? this.agentBefore(before);
  }

  private lookAtAttempts(): void {
    const row = z.object({ key: text, used: z.int(), all_runs: z.int() });
    const sql = `SELECT s.subtask_key AS key, sum(r.counts_as_attempt) AS used, count(*) AS all_runs
      FROM runs r JOIN subtasks s ON s.id = r.subtask_id GROUP BY s.id`;
    for (const { key, used } of this.world.store.connection.all(row, sql)) {
      const limit = (this.specOf(key).attempts ?? 3) + (this.person.again.get(key) ?? 0);
      assert.ok(used <= limit, `${key} used ${used} of ${limit} attempts`);
    }
  }

  private lookAtEnd(): void {
    const { connection } = this.world.store;
    const keys = this.rows().map((row) => row.subtask_key);
    assert.deepEqual(keys.toSorted(), [...this.specs.keys()].toSorted(), 'none is lost');
    const live = connection.all(
      z.object({ id: text }),
      "SELECT id FROM runs WHERE state <> 'ended'",
    );
    assert.deepEqual(live, [], 'no run is left');
    // What the engine has in mind is what is stored.
    for (const { id, status, proof } of this.rows()) {
      const known = this.world.plan().subtasks.get(id);
      assert.deepEqual([known?.status, known?.proof], [status, proof]);
    }
    const faults = this.world.logged.filter((line) => /failed inside|TypeError/.test(line));
    assert.deepEqual(faults, []);
  }
}

/** Whether somebody else reads or writes a file. */
function isBusy(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));
}

/** The store, seen by somebody who looks at each run that is begun. */
class Watch {
  readonly files = new WatchedFiles();
  written = 0;
  onDispatch: (subtaskId: string) => void = () => undefined;
  /** What was found too late to be thrown where it happened. */
  fault: unknown = null;

  over(store: InMemoryStore): Store {
    return new WatchedStore(store, this);
  }
}

/** Files of which it is known whether one is being read or written. */
class WatchedFiles extends NodeFiles {
  private pending = 0;

  get isBusy(): boolean {
    return this.pending > 0;
  }

  override read(path: string): Promise<Uint8Array> {
    return this.during(super.read(path));
  }

  override write(path: string, bytes: Uint8Array): Promise<void> {
    return this.during(super.write(path, bytes));
  }

  override kind(path: string): Promise<FileKind | null> {
    return this.during(super.kind(path));
  }

  override list(path: string): Promise<{ name: string; kind: FileKind }[]> {
    return this.during(super.list(path));
  }

  override resolve(path: string): Promise<string | null> {
    return this.during(super.resolve(path));
  }

  private async during<T>(work: Promise<T>): Promise<T> {
    this.pending += 1;
    try {
      return await work;
    } finally {
      this.pending -= 1;
    }
  }
}

class WatchedStore implements Store {
  constructor(
    private readonly store: InMemoryStore,
    private readonly watch: Watch,
  ) {}

  command<I, O>(command: Command<I, O>, input: I, options: CommandOptions): Promise<O> {
    this.watch.written += 1;
    const before = this.live();
    // The store in memory has applied it when this returns.
    const answer = this.store.command(command, input, options);
    if (command.name !== runs.dispatch.name) return answer;
    const begun = this.live().find((id) => !before.includes(id));
    if (begun !== undefined) this.watch.onDispatch(begun);
    return answer;
  }

  query<I, O>(query: Query<I, O>, input: I): Promise<O> {
    return this.store.query(query, input);
  }

  onChanges(listener: (changes: readonly Change[]) => void): Disposable {
    return this.store.onChanges(listener);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private live(): string[] {
    const row = z.object({ subtask_id: text });
    const sql = "SELECT subtask_id FROM runs WHERE state <> 'ended'";
    return this.store.connection.all(row, sql).map(({ subtask_id: id }) => id);
  }
}
