import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from 'sql.js';
import { RunsheetError } from '../../src/model/errors';
import type { EngineClient } from '../../src/protocol/engine-client';
import { openPlan } from '../../src/protocol/messages';
import type { Mirror } from '../../src/protocol/mirror';
import { times } from '../support/database';
import {
  addPlan,
  generatedPrograms,
  generatePlan,
  subtaskIds,
  type GeneratedPlan,
} from '../support/generated-plan';
import { sqlite } from '../support/in-memory-store';
import { endProcess } from '../support/owned-process';
import { rowsOf, Witness } from '../support/witness';
import { inWorkspace, until, type Workspace } from '../support/workspace';

const kills = times(10, 200);

/** A person who wants plans to be carried out, whatever becomes of the engine. */
class Driver {
  readonly plans: GeneratedPlan[] = [];
  completed = 0;
  /** How many changes clients were told of. */
  changes = 0;
  /** Why a plan did not complete. */
  failure: string | null = null;

  constructor(
    private readonly workspace: Workspace,
    private readonly witness: Witness,
  ) {}

  /** Drives with this client until it loses its engine, or the present plan is complete. */
  async drive(client: EngineClient, one: boolean): Promise<void> {
    let changed = (): void => undefined;
    const mirror = await this.witness.follow(client, () => {
      this.changes += 1;
      changed();
    });
    await this.witness.askAgain(client, 5);
    do {
      if (this.plans.length === this.completed) this.next();
      await new Promise<void>((done, lost) => {
        void client.closed.then(() => lost(new RunsheetError('unavailable', 'lost')));
        changed = () => {
          if (this.isComplete(mirror)) done();
        };
        this.ensureRunning(client, mirror).then(changed, lost);
      });
      this.completed += 1;
    } while (!one);
  }

  private next(): void {
    const plan = generatePlan(this.plans.length + 1);
    addPlan(this.workspace, plan);
    this.plans.push(plan);
  }

  private async ensureRunning(client: EngineClient, mirror: Mirror): Promise<void> {
    const path = this.plans.at(-1)?.path ?? '';
    const { plans } = await client.request(openPlan, { path });
    const executions = [...mirror.executions.values()];
    const own = executions.filter(({ planId }) => planId === plans[0]?.id);
    if (own.length === 0) this.witness.execution(await this.workspace.start(client, path, 3));
  }

  private isComplete(mirror: Mirror): boolean {
    const path = this.plans.at(-1)?.path;
    const plan = [...mirror.plans.values()].find((one) => one.path === path);
    const own = [...mirror.executions.values()].filter(({ planId }) => planId === plan?.id);
    const execution = own.at(-1);
    if (execution === undefined || execution.endedAt === null) return false;
    if (execution.state !== 'completed') this.failure ??= `${path}: ${execution.message}`;
    return true;
  }
}

/**
 * Kills the engine at some moment of its life: while it starts, after some time, or after some
 * progress, so that on a slow machine, too, all that an engine does is hit.
 */
async function killOnce(workspace: Workspace, driver: Driver, number: number): Promise<void> {
  const before = await workspace.enginePid();
  const connecting = workspace.client();
  if (number % 6 === 5) {
    const pid = await until('a new engine owns the database', async () => {
      const now = await workspace.enginePid();
      return now !== before && now;
    });
    await delay(Math.random() * 400);
    endProcess(pid);
    (await connecting)[Symbol.dispose]();
    return;
  }
  using client = await connecting;
  const driving = driver.drive(client, false).catch(lostEngine);
  if (number % 2 === 0) await delay(300 + Math.random() * 1200);
  else {
    const wanted = driver.changes + 5 + Math.random() * 100;
    await until('some progress', () => driver.changes >= wanted);
    await delay(Math.random() * 50);
  }
  endProcess(client.link.welcome.pid);
  await client.closed;
  await driving;
}

function lostEngine(error: unknown): void {
  if (!RunsheetError.is(error, 'unavailable')) throw error;
}

async function openCopy(workspace: Workspace): Promise<Database> {
  const copy = join(workspace.temporary, 'copy.db');
  copyFileSync(join(workspace.root, '.runsheet/runsheet.db'), copy);
  const { sql } = await sqlite();
  return new sql.Database(readFileSync(copy));
}

function examineDatabase(database: Database, plans: number): void {
  assert.deepEqual(rowsOf(database, 'PRAGMA integrity_check'), [['ok']]);
  assert.deepEqual(rowsOf(database, 'PRAGMA foreign_key_check'), []);
  const gaps = `SELECT run_id FROM events GROUP BY run_id
    HAVING min(sequence) <> 1 OR max(sequence) <> count(*)`;
  assert.deepEqual(rowsOf(database, gaps), [], 'stories without gaps');
  const open = "SELECT id, state FROM runs WHERE state <> 'ended' OR outcome IS NULL";
  assert.deepEqual(rowsOf(database, open), [], 'every run has ended');
  const outcomes =
    "SELECT DISTINCT outcome FROM runs WHERE outcome NOT IN ('completed','interrupted')";
  assert.deepEqual(rowsOf(database, outcomes), []);
  const subtasks = `SELECT count(*), sum(status = 'done' AND proof = 'proven') FROM subtasks`;
  const total = plans * subtaskIds.length;
  assert.deepEqual(rowsOf(database, subtasks), [[total, total]], 'all proven');
  const executions = 'SELECT state, count(*) FROM plan_executions GROUP BY state';
  assert.deepEqual(rowsOf(database, executions), [['completed', plans]]);
  const twice = `SELECT subtask_id FROM runs WHERE outcome = 'completed' AND verdict = 'passed'
    GROUP BY subtask_id HAVING count(*) <> 1`;
  assert.deepEqual(rowsOf(database, twice), [], 'proven once each');
}

/** Each subtask's change is on its plan's branch, and was made there once. */
function examineBranch(workspace: Workspace, plan: GeneratedPlan, branch: string): void {
  const { repository } = workspace;
  for (const id of subtaskIds) {
    const file = plan.fileOf(id);
    assert.equal(repository.git('show', `${branch}:${file}`), `${file} is finished`);
    const changes = repository.git('log', '--format=%h %s', '--no-merges', branch, '--', file);
    assert.equal(changes.split('\n').length, 1, changes);
    const grep = `--grep=^Merge ${id}: Write ${file}$`;
    const merges = repository.git('log', '--format=%h', '--merges', grep, branch);
    assert.equal(merges.split('\n').length, 1, `${file} was merged as ${merges}`);
  }
}

describe('killing the engine while three workers run', () => {
  it(`${kills} times loses nothing, leaves nothing, and the plans complete`, function () {
    this.timeout(times(180_000, 3_600_000));
    return inWorkspace(generatedPrograms, async (workspace) => {
      const witness = new Witness();
      const driver = new Driver(workspace, witness);
      const started = Date.now();
      for (let kill = 0; kill < kills; kill += 1) {
        await killOnce(workspace, driver, kill);
        assert.equal(driver.failure, null);
        if (kill % 20 === 19) say(kill + 1, started, driver, witness);
      }
      using client = await workspace.client();
      if (driver.completed === driver.plans.length) driver.completed -= 1;
      await driver.drive(client, true);
      assert.equal(driver.failure, null);
      await workspace.stopEngine();
      say(kills, started, driver, witness);

      assert.deepEqual(workspace.processes(), [], 'no engine, agent or check is left');
      assert.ok(witness.interrupted > 0, 'some runs were hit');
      const database = await openCopy(workspace);
      witness.hold(database);
      examineDatabase(database, driver.plans.length);
      const branches = new Map(
        rowsOf(database, 'SELECT source_path, work_branch FROM plans').map(([path, branch]) => [
          path,
          String(branch),
        ]),
      );
      database.close();
      workspace.repository.git('fsck', '--connectivity-only');
      for (const plan of driver.plans) {
        assert.equal(workspace.read(plan.path), plan.text.replaceAll('[ ]', '[x]'));
        examineBranch(workspace, plan, branches.get(plan.path) ?? '');
      }
    });
  });
});

function say(kill: number, started: number, driver: Driver, witness: Witness): void {
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stdout.write(
    `      ${kill} kills in ${seconds} s: ${driver.completed} plans completed, ` +
      `${witness.runs} runs, ${witness.interrupted} interrupted, ${witness.events} events told\n`,
  );
}
