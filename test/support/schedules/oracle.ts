import assert from 'node:assert/strict';
import { z } from 'zod';
import type { RunsWorld } from '../runs-world';
import type { AgentEnd, Witness } from './chaos';
import { areEnough, gatesOf, type PlanSpec, type SubtaskSpec } from './random-plan';

const text = z.string();
const subtaskRow = z.object({ id: text, subtask_key: text, status: text, proof: text.nullable() });

/** What must hold whatever happens, told by the plan, the rows and what really was done. */
export class Oracle {
  private readonly specs: ReadonlyMap<string, SubtaskSpec>;

  constructor(
    private readonly plan: PlanSpec,
    private readonly world: RunsWorld,
    private readonly witness: Witness,
    /** How often a person had a subtask tried again, by key. */
    private readonly again: ReadonlyMap<string, number>,
  ) {
    this.specs = new Map(plan.subtasks.map((one) => [one.key, one]));
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
  lookAtStart(subtaskId: string): void {
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

  /** Workers are those of an execution; files are shared by all that is live. */
  private lookAtLive(spec: SubtaskSpec): void {
    const row = z.object({ subtask_key: text, plan_execution_id: text });
    const sql = `SELECT s.subtask_key, r.plan_execution_id FROM runs r
      JOIN subtasks s ON s.id = r.subtask_id WHERE r.state <> 'ended'`;
    const live = this.world.store.connection.all(row, sql);
    const own = live.find((run) => run.subtask_key === spec.key)?.plan_execution_id;
    const beside = live.filter((run) => run.plan_execution_id === own);
    assert.ok(beside.length <= this.plan.workers, `${spec.key} was started beyond all workers`);
    for (const { subtask_key: other } of live.filter((run) => run.subtask_key !== spec.key)) {
      const shared = this.specOf(other).files.filter((file) => spec.files.includes(file));
      assert.deepEqual(shared, [], `${spec.key} was started beside ${other}`);
    }
  }

  lookAtRows(): void {
    this.lookAtProofs();
    this.lookAtMerges();
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
      const outcomes = this.answersTo(proof.run_id ?? '', 'merged', proof.key);
      const said = `${proof.key} is proven by ${outcomes.join(', ')}`;
      assert.ok(areEnough(this.specOf(proof.key), outcomes), said);
    }
  }

  /** What the checks of a run said last, in its worktree or on the merged tree. */
  private answersTo(id: string, tree: 'worktree' | 'merged', key: string): string[] {
    const { path } = this.world.repository.branch;
    const answers = this.witness.checks.filter(
      ({ runId, directory }) => runId === id && (directory === path) === (tree === 'merged'),
    );
    const count = this.specOf(key).checks.length;
    return count === 0 ? [] : answers.slice(-count).map(({ outcome }) => outcome);
  }

  /** Nothing is merged that did not pass before, where it was made. */
  private lookAtMerges(): void {
    const row = z.object({ id: text, key: text });
    const sql = `SELECT r.id, s.subtask_key AS key FROM runs r
      JOIN subtasks s ON s.id = r.subtask_id WHERE r.merge_commit IS NOT NULL`;
    for (const { id, key } of this.world.store.connection.all(row, sql)) {
      const outcomes = this.answersTo(id, 'worktree', key);
      const said = `${key} was merged after ${outcomes.join(', ')}`;
      assert.ok(areEnough(this.specOf(key), outcomes), said);
    }
  }

  /** No run passes whose agent did not finish its work by itself. */
  private lookAtVerdicts(): void {
    const row = z.object({ id: text, previous_run_id: text.nullable(), outcome: text });
    const sql = "SELECT id, previous_run_id, outcome FROM runs WHERE verdict = 'passed'";
    for (const run of this.world.store.connection.all(row, sql)) {
      assert.equal(run.outcome, 'completed');
      // What an engine could not bring to its end is closed out by a run without an agent.
      const witnessed = this.witness.agents.get(run.id) ?? this.agentBefore(run.id);
      assert.equal(witnessed?.outcome.kind, 'completed', `run ${run.id} passed`);
      assert.equal(witnessed.denials, 0, `run ${run.id} passed although it was denied something`);
    }
  }

  private agentBefore(runId: string): AgentEnd | undefined {
    const row = z.object({ previous_run_id: text.nullable() });
    const sql = 'SELECT previous_run_id FROM runs WHERE id = ?';
    const before = this.world.store.connection.get(row, sql, runId)?.previous_run_id ?? null;
    if (before === null) return undefined;
    return this.witness.agents.get(before) ?? this.agentBefore(before);
  }

  private lookAtAttempts(): void {
    const row = z.object({ key: text, used: z.int(), all_runs: z.int() });
    const sql = `SELECT s.subtask_key AS key, sum(r.counts_as_attempt) AS used, count(*) AS all_runs
      FROM runs r JOIN subtasks s ON s.id = r.subtask_id GROUP BY s.id`;
    for (const { key, used } of this.world.store.connection.all(row, sql)) {
      const limit = (this.specOf(key).attempts ?? 3) + (this.again.get(key) ?? 0);
      assert.ok(used <= limit, `${key} used ${used} of ${limit} attempts`);
    }
  }

  lookAtEnd(): void {
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
