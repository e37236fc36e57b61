import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  approveCommands,
  decideSubtasks,
  engineStatus,
  listEvents,
  listRuns,
  openPlan,
  startRun,
  stopEngine,
  stopRuns,
} from '../../src/protocol/messages';
import { introduce, PROTOCOL_VERSION } from '../../src/protocol/handshake';
import { lookUpOwner } from '../../src/protocol/owner-lookup';
import { RunsheetError } from '../../src/model/errors';
import { connect } from 'node:net';
import { once } from 'node:events';
import { processesMarked } from '../support/owned-process';
import type { ExecutionView } from '../../src/protocol/views';
import { inWorkspace, isGone, until, type Workspace } from '../support/workspace';

/** Each step waits for a file of its name beside the repository, so that tests decide its length. */
function waitingPlan(workspace: Workspace, ...ids: string[]): string {
  const steps = ids.map(
    (id) => `- [ ] ${id} Step ${id}
  - run: while [ ! -e ${flag(workspace, id)} ]; do sleep 0.05; done; echo ${id} > ${id}.txt
  - check: exists ${id}.txt
`,
  );
  return `# A plan that waits\n\n## Phase\n\n${steps.join('')}`;
}

function flag(workspace: Workspace, id: string): string {
  return join(workspace.temporary, `go-${id}`);
}

function letGo(workspace: Workspace, id: string): void {
  workspace.repository.write(`go-${id}`, '', workspace.temporary);
}

async function kill(workspace: Workspace): Promise<void> {
  const pid = await workspace.enginePid();
  assert.ok(pid !== null);
  process.kill(pid, 'SIGKILL');
  await isGone(pid);
}

function endedOf(execution: ExecutionView | undefined): ExecutionView | null {
  return execution === undefined || execution.endedAt === null ? null : execution;
}

const plan = 'work.plan.md';

const stubborn = `# Stubborn

- [ ] T01 Takes its time to end
  - run: trap 'sleep 1; exit' TERM; while :; do sleep 0.1; done
  - check: exists never.txt
`;

describe('the life of an engine', () => {
  it('is one, however many clients start it at the same instant', async function () {
    this.timeout(60_000);
    for (let round = 0; round < 4; round += 1) {
      await inWorkspace({}, async (workspace) => {
        const clients = await Promise.all(
          Array.from({ length: 2 + round }, () => workspace.client()),
        );
        const pids = new Set(clients.map(({ link }) => link.welcome.pid));
        assert.equal(pids.size, 1);
        const engines = await until('the others have ended', () => {
          const alive = workspace.processes();
          return alive.length === 1 && alive;
        });
        assert.deepEqual(new Set(engines.map(({ pid }) => pid)), pids);
        for (const client of clients) client[Symbol.dispose]();
      });
    }
  });

  it('ends without clients and runs, and leaves no process, socket or lock', () =>
    inWorkspace({}, async (workspace) => {
      assert.equal(await workspace.startEngine(['--idle-ms', '300']), 'ready');
      const client = await workspace.client();
      const { pid } = client.link.welcome;
      await delay(600);
      assert.equal((await client.request(engineStatus, {})).pid, pid, 'it stays for a client');
      client[Symbol.dispose]();
      await isGone(pid);
      assert.equal(await lookUpOwner(workspace.root), null);
      assert.deepEqual(workspace.sockets(), []);
      assert.deepEqual(workspace.processes(), []);
      const left = readdirSync(join(workspace.root, '.runsheet'));
      const companions = left.filter((name) => /-(wal|shm|journal)$/.test(name));
      assert.deepEqual(companions, []);
    }));

  it('stays while a run goes on after its last client has gone, and ends after it', () =>
    inWorkspace({}, async (workspace) => {
      workspace.repository.commit({ [plan]: waitingPlan(workspace, 'T01') });
      assert.equal(await workspace.startEngine(['--idle-ms', '200']), 'ready');
      const window = await workspace.connect();
      await workspace.start(window.client, plan);
      await window.until('it runs', ({ runs }) => [...runs.values()][0]?.state === 'running');
      window[Symbol.dispose]();
      await delay(600);
      const pid = await workspace.enginePid();
      assert.ok(pid !== null, 'the run keeps it');
      letGo(workspace, 'T01');
      await isGone(pid);
      assert.match(workspace.read(plan), /- \[x\] T01/);
      assert.deepEqual(workspace.processes(), []);
      using next = await workspace.connect();
      const subtask = [...next.mirror.subtasks.values()][0];
      assert.equal(subtask?.proof, 'proven');
    }));

  it('killed, gives way to a new one that knows everything acknowledged and goes on', () =>
    inWorkspace({}, async (workspace) => {
      workspace.repository.commit({ [plan]: waitingPlan(workspace, 'T01', 'T02') });
      letGo(workspace, 'T01');
      const before = await workspace.connect();
      const executionId = await workspace.start(before.client, plan);
      await before.until('T01 is proven, T02 runs', ({ subtasks, runs }) => {
        const proven = [...subtasks.values()].some(({ proof }) => proof === 'proven');
        return proven && [...runs.values()].some(({ state }) => state === 'running');
      });
      const runs = (await before.client.request(listRuns, { limit: 10 })).runs;
      const t01 = runs.find(({ subtaskKey }) => subtaskKey === 'T01');
      const t02 = runs.find(({ subtaskKey }) => subtaskKey === 'T02');
      assert.ok(t01 !== undefined && t02 !== undefined);
      const page = { after: 0, limit: 1000 };
      const story = await before.client.request(listEvents, { runId: t01.id, ...page });
      await kill(workspace);
      await before.client.closed;

      using after = await workspace.connect();
      assert.notEqual(after.client.link.welcome.engineId, before.client.link.welcome.engineId);
      assert.deepEqual(await after.client.request(listEvents, { runId: t01.id, ...page }), story);
      assert.equal(after.mirror.runs.get(t02.id)?.outcome, 'interrupted');
      letGo(workspace, 'T02');
      const end = await after.until('the execution has ended', ({ executions }) =>
        endedOf(executions.get(executionId)),
      );
      assert.equal(end.state, 'completed', end.message ?? '');
      assert.match(workspace.read(plan), /- \[x\] T01[^]*- \[x\] T02/);
      const { pid: engine } = after.client.link.welcome;
      await until('nothing but the engine is left', () =>
        workspace.processes().every(({ pid }) => pid === engine),
      );
    }));

  it('killed, starts nothing again before a client trusts the workspace', () =>
    inWorkspace({}, async (workspace) => {
      workspace.repository.commit({ [plan]: waitingPlan(workspace, 'T01') });
      const before = await workspace.connect();
      await workspace.start(before.client, plan);
      await before.until('it runs', ({ runs }) => [...runs.values()][0]?.state === 'running');
      await kill(workspace);

      using restricted = await workspace.connect({ trusted: false });
      letGo(workspace, 'T01');
      await delay(500);
      const { runs } = await restricted.client.request(listRuns, { limit: 10 });
      assert.deepEqual(
        runs.map(({ outcome }) => outcome),
        ['interrupted'],
      );
      using trusting = await workspace.connect();
      await trusting.until('it is proven', ({ subtasks }) =>
        [...subtasks.values()].every(({ proof }) => proof === 'proven'),
      );
    }));

  it('asked to end by a signal in the middle of a run, ends the run and lets the next go on', () =>
    inWorkspace({}, async (workspace) => {
      workspace.repository.commit({ [plan]: waitingPlan(workspace, 'T01') });
      const before = await workspace.connect();
      const executionId = await workspace.start(before.client, plan);
      await before.until('it runs', ({ runs }) => [...runs.values()][0]?.state === 'running');
      const { pid } = before.client.link.welcome;
      process.kill(pid, 'SIGTERM');
      await isGone(pid);
      assert.deepEqual(workspace.processes(), [], 'no engine, no agent');
      assert.deepEqual(workspace.sockets(), []);
      assert.equal(await lookUpOwner(workspace.root), null);

      using after = await workspace.connect();
      letGo(workspace, 'T01');
      const end = await after.until('the execution has ended', ({ executions, runs }) => {
        const ended = [...runs.values()].every(({ state }) => state === 'ended');
        const execution = executions.get(executionId);
        return ended && execution?.endedAt !== null && execution;
      });
      assert.equal(end.state, 'completed', end.message ?? '');
    }));

  it('sends clients on to the next engine while it ends', () =>
    inWorkspace({}, async (workspace) => {
      workspace.repository.commit({ [plan]: stubborn });
      const window = await workspace.connect();
      await workspace.start(window.client, plan);
      await window.until('it runs', ({ runs }) => [...runs.values()][0]?.state === 'running');
      const { pid } = window.client.link.welcome;
      process.kill(pid, 'SIGTERM');
      await until('it ends', () => workspace.engineLog.includes('the engine ends'));
      using next = await workspace.connect();
      assert.notEqual(next.client.link.welcome.pid, pid);
      await isGone(pid);
      await next.until('the run goes on', ({ runs }) =>
        [...runs.values()].some(({ attempt, state }) => attempt === 2 && state === 'running'),
      );
      assert.doesNotMatch(workspace.engineLog, / error /);
    }));

  it('survives a client that leaves before its answer has come', () =>
    inWorkspace({}, async (workspace) => {
      workspace.repository.commit({ [plan]: stubborn });
      const window = await workspace.connect();
      const executionId = await workspace.start(window.client, plan);
      await window.until('it runs', ({ runs }) => [...runs.values()][0]?.state === 'running');
      const { pid } = window.client.link.welcome;
      void window.client.request(stopRuns, { executionId }).catch(() => undefined);
      await delay(100);
      window[Symbol.dispose]();
      using next = await workspace.connect();
      await next.until('the run has ended', ({ runs }) =>
        [...runs.values()].every(({ state }) => state === 'ended'),
      );
      await delay(200);
      assert.equal((await next.client.request(engineStatus, {})).pid, pid);
      assert.doesNotMatch(workspace.engineLog, /bug/);
    }));

  it('refuses to stop while runs go on, unless forced, and says the way out', () =>
    inWorkspace({}, async (workspace) => {
      workspace.repository.commit({ [plan]: waitingPlan(workspace, 'T01') });
      using window = await workspace.connect();
      await workspace.start(window.client, plan);
      await window.until('it runs', ({ runs }) => [...runs.values()][0]?.state === 'running');
      await assert.rejects(window.client.request(stopEngine, { force: false }), /force/);
      await window.client.request(stopEngine, { force: true });
      await window.client.closed;
      await isGone(window.client.link.welcome.pid);
      assert.deepEqual(workspace.processes(), []);
    }));

  it('serves although whoever started it is gone', () =>
    inWorkspace({}, async (workspace) => {
      workspace.abandonedEngine();
      const pid = await until('it owns the database', () => workspace.enginePid());
      using client = await workspace.client();
      assert.equal(client.link.welcome.pid, pid);
      assert.doesNotMatch(workspace.engineLog, /bug/);
    }));

  it('removes what killed engines and interrupted runs left, and no work', () =>
    inWorkspace({}, async (workspace) => {
      const step = (id: string, first: string) => `- [ ] ${id} Step
  - run: ${first}; while [ ! -e ${flag(workspace, id)} ]; do sleep 0.05; done; echo ${id} > ${id}.txt
  - check: exists ${id}.txt
`;
      const text = `# Two\n\n## Steps\n\n${step('T01', ':')}${step('T02', 'echo half > half.txt')}`;
      workspace.repository.commit({ [plan]: text });
      const before = await workspace.connect();
      const executionId = await workspace.start(before.client, plan, 2);
      const runs = await before.until('both run', (mirror) => {
        const all = [...mirror.runs.values()];
        return all.length === 2 && all.every(({ state }) => state === 'running') && all;
      });
      const folderOf = (key: string) =>
        runs.find(({ subtaskKey }) => subtaskKey === key)?.worktree ?? '';
      const half = join(folderOf('T02'), 'half.txt');
      await until('half of the work is there', () => existsSync(half));
      await kill(workspace);
      for (const name of workspace.sockets()) {
        const longAgo = Date.now() / 1000 - 3600;
        utimesSync(join(workspace.temporary, name), longAgo, longAgo);
      }

      using after = await workspace.connect();
      await until('the empty worktree is gone', () => !existsSync(folderOf('T01')));
      letGo(workspace, 'T01');
      letGo(workspace, 'T02');
      const end = await after.until('the execution has ended', ({ executions }) =>
        endedOf(executions.get(executionId)),
      );
      assert.equal(end.state, 'completed', end.message ?? '');
      assert.equal(workspace.sockets().length, 1);
      assert.ok(existsSync(half), 'work that was not merged is kept');
      const branches = workspace.repository.git('branch', '--list', 'runsheet/run/*').split('\n');
      assert.equal(branches.length, 1, branches.join());
    }));

  it('writes its log beside the database', () =>
    inWorkspace({}, async (workspace) => {
      workspace.write('runsheet.yml', 'workers: many\n');
      using client = await workspace.client();
      const { pid, version } = {
        pid: client.link.welcome.pid,
        version: client.link.welcome.engineVersion,
      };
      assert.match(workspace.engineLog, new RegExp(`started.*"pid":${pid},"version":"${version}"`));
      assert.match(workspace.engineLog, /runsheet\.yml:1: /);
    }));
});

describe('who may ask the engine', () => {
  it('takes no decision from a program that a run has started', () =>
    inWorkspace({}, async (workspace) => {
      workspace.repository.commit({ [plan]: waitingPlan(workspace, 'T01') });
      using agent = await workspace.client({ run: '01890000-0000-7000-8000-000000000000' });
      const { plans } = await agent.request(openPlan, { path: plan });
      const planId = plans[0]?.id ?? '';
      const wishes: Promise<unknown>[] = [
        agent.request(approveCommands, { planId, hashes: [] }),
        agent.request(startRun, { planId, acceptClaims: true, allowDirty: true }),
        agent.request(decideSubtasks, {
          planId,
          subtasks: ['T01'],
          action: 'accept',
          reason: 'mine',
        }),
        agent.request(stopEngine, { force: true }),
      ];
      for (const wish of wishes) {
        await assert.rejects(wish, (error) => RunsheetError.is(error, 'forbidden'));
      }
    }));

  it('knows such a program by its environment, and starts no engine that carries the mark', () =>
    inWorkspace({}, async (workspace) => {
      workspace.repository.commit({ [plan]: waitingPlan(workspace, 'T01') });
      const mark = { RUNSHEET_RUN_ID: '01890000-0000-7000-8000-000000000000' };
      const run = ['run', plan, '--approve-commands'];
      const end = await workspace.startCli(run, mark).ended;
      assert.equal(end.code, 1);
      assert.match(end.stderr, /decides nothing/);
      // A new engine looks for leftovers with git, for a moment.
      await until('there is one engine', () => workspace.processes().length === 1);
      assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', mark.RUNSHEET_RUN_ID), []);
    }));

  it('refuses a client of another protocol, and says what to do', () =>
    inWorkspace({}, async (workspace) => {
      using _first = await workspace.client();
      const owner = await lookUpOwner(workspace.root);
      assert.ok(owner !== null);
      const { identity } = workspace.address();
      for (const protocol of [PROTOCOL_VERSION + 1, PROTOCOL_VERSION - 1]) {
        const socket = connect(owner.endpoint);
        await once(socket, 'connect');
        await assert.rejects(
          introduce(socket, { protocol, token: owner.token, ...identity }),
          (error) =>
            RunsheetError.is(error, 'protocol_mismatch') &&
            error.message.includes(protocol > PROTOCOL_VERSION ? 'engine stop' : 'Update'),
        );
        socket.destroy();
      }
    }));

  it('refuses a client without the token', () =>
    inWorkspace({}, async (workspace) => {
      using _first = await workspace.client();
      const owner = await lookUpOwner(workspace.root);
      assert.ok(owner !== null);
      const socket = connect(owner.endpoint);
      await once(socket, 'connect');
      const hello = { protocol: PROTOCOL_VERSION, ...workspace.address().identity };
      await assert.rejects(introduce(socket, { ...hello, token: 'x'.repeat(64) }), (error) =>
        RunsheetError.is(error, 'forbidden'),
      );
      socket.destroy();
      const folder = join(owner.endpoint, '..');
      assert.equal(statSync(folder).mode & 0o077, 0);
      assert.ok(existsSync(owner.endpoint));
    }));
});
