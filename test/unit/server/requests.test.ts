import assert from 'node:assert/strict';
import { RunsheetError, type ErrorCode } from '../../../src/model/errors';
import type { EngineClient } from '../../../src/protocol/engine-client';
import {
  answerPermission,
  approveCommands,
  changed,
  decideSubtasks,
  describeRun,
  diffRun,
  engineStatus,
  listAgents,
  listEvents,
  listRuns,
  openPlan,
  previewRun,
  readArtifact,
  startRun,
  stopEngine,
  stopRuns,
  subscribe,
  trustChanged,
  verifySubtask,
} from '../../../src/protocol/messages';
import { decideGate } from '../../../src/protocol/gate-messages';
import type { RequestDefinition } from '../../../src/protocol/request';
import type { Delta } from '../../../src/protocol/views';
import { EngineWorld } from '../../support/engine-world';
import { planPath } from '../../support/runs-world';
import { until } from '../../support/until';

const text = `- [ ] T01 One
  - check: npm test
- gate: Look
`;

const withEngine = (work: (engine: EngineWorld) => Promise<void>): Promise<void> =>
  EngineWorld.with({ [planPath]: text }, work);

async function refused(code: ErrorCode, work: Promise<unknown>, message = /./): Promise<void> {
  await assert.rejects(work, (error) => {
    assert(RunsheetError.is(error, code), String(error));
    assert.match(error.message, message);
    return true;
  });
}

/** A request as a careless client sends it. */
function raw(client: EngineClient, method: string, params: object): Promise<unknown> {
  const definition = { ...listRuns, method } as unknown as RequestDefinition<object, unknown>;
  return client.request(definition, params);
}

/** The terminal tells the engine nothing unasked; an editor does. */
function notify(client: EngineClient, method: string, params: object): void {
  const message = JSON.stringify({ jsonrpc: '2.0', method, params });
  client.link.socket.write(`Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`);
}

/** Everything that makes something happen, with parameters that are well made. */
function acts(client: EngineClient, planId: string): Record<string, () => Promise<unknown>> {
  const gateId = 'g';
  return {
    approve: () => client.request(approveCommands, { planId, hashes: [] }),
    start: () => client.request(startRun, { planId, acceptClaims: false, allowDirty: false }),
    verify: () => client.request(verifySubtask, { planId, key: 'T01' }),
    accept: () =>
      client.request(decideSubtasks, { planId, subtasks: ['T01'], action: 'accept', reason: 'x' }),
    gate: () => client.request(decideGate, { gateId, decision: 'approve', reason: '' }),
    permission: () => client.request(answerPermission, { requestId: 'p', optionId: 'o' }),
    stop: () => client.request(stopRuns, {}),
    end: () => client.request(stopEngine, { force: true }),
  };
}

describe('a request', () => {
  it('that is not understood says what is wrong with it', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const { planId } = engine.world.plan().entry;
      await refused(
        'validation',
        raw(client, startRun.method, { planId, workers: 'many' }),
        /workers/,
      );
      await refused('validation', raw(client, startRun.method, {}), /planId/);
      await refused('validation', raw(client, subscribe.method, { runs: -1 }), /runs/);
      await refused(
        'validation',
        raw(client, startRun.method, { planId, subtasks: [] }),
        /subtasks/,
      );
      assert.deepEqual(engine.world.logged, []);
    }));

  it('that nobody knows is refused', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      await assert.rejects(raw(client, 'runsheet/nonsense', {}));
      assert.equal((await client.request(engineStatus, {})).clients, 1);
    }));

  it('that hits a bug is answered without a stack, and the bug is logged', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      engine.listAgents = () => Promise.reject(new TypeError('x is not a function'));
      await refused('internal', client.request(listAgents, { refresh: false }), /engine\.log/);
      assert.match(engine.world.logged.join(), /agent\/list failed.*not a function/);
    }));

  it('is refused with the engine’s own error, with details', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const { planId } = engine.world.plan().entry;
      const start = client.request(startRun, {
        ...{ planId, agent: 'fake', acceptClaims: false, allowDirty: false },
      });
      await assert.rejects(start, (error) => {
        assert(RunsheetError.is(error, 'not_approved'));
        assert.deepEqual(
          (error.details['commands'] as { command: string }[]).map(({ command }) => command),
          ['npm test'],
        );
        return true;
      });
    }));
});

describe('a client', () => {
  it('that does not trust the workspace makes nothing happen', () =>
    withEngine(async (engine) => {
      using client = await engine.connect({ trusted: false });
      const { planId } = engine.world.plan().entry;
      const { approve, start, verify, accept, gate } = acts(client, planId);
      for (const act of [approve, start, verify, accept, gate]) {
        await refused('not_trusted', act?.() ?? Promise.resolve());
      }
      assert.deepEqual(engine.world.statuses(), ['T01 pending']);
      // Plans are shown, and what goes on can be stopped.
      assert.equal((await client.request(openPlan, { path: planPath })).plans.length, 1);
      assert.deepEqual(await client.request(stopRuns, {}), { stopped: 0 });
    }));

  it('that begins to trust it may do everything from then on', () =>
    withEngine(async (engine) => {
      using client = await engine.connect({ trusted: false });
      const { planId } = engine.world.plan().entry;
      notify(client, trustChanged.method, { trusted: true });
      const preview = await client.request(previewRun, { planId, agent: 'fake' });
      assert.deepEqual(preview.subtasks, ['T01']);
      notify(client, trustChanged.method, { trusted: false });
      await refused('not_trusted', client.request(previewRun, { planId, agent: 'fake' }));
    }));

  it('that a run has started decides nothing', () =>
    withEngine(async (engine) => {
      using client = await engine.connect({ run: 'some-run' });
      const { planId } = engine.world.plan().entry;
      for (const [name, act] of Object.entries(acts(client, planId))) {
        await assert.rejects(act(), (error) => {
          assert(RunsheetError.is(error, 'forbidden'), `${name}: ${String(error)}`);
          return true;
        });
      }
      assert.equal(engine.ended, false);
      assert.equal((await client.request(listRuns, { limit: 5 })).runs.length, 0);
    }));

  it('gets the state, and then its changes', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const { clock, room } = engine.world;
      const deltas: Delta[] = [];
      client.on(changed, (delta) => deltas.push(delta));
      const wish = { plans: true, needs: true, runs: 0, events: [] };
      const first = await client.request(subscribe, wish);
      assert.equal(first.subtasks[0]?.status, 'pending');
      const { planId } = engine.world.plan().entry;
      const accept = { planId, subtasks: ['T01'], action: 'accept' as const, reason: 'Seen.' };
      await client.request(decideSubtasks, accept);
      await room.state.settled();
      await clock.pass(50);
      await until(() => deltas.some(({ subtasks }) => subtasks[0]?.proof === 'accepted'));
      await engine.world.settled(() => engine.world.plan().gates[0]?.state === 'open');
      await clock.pass(50);
      await until(() => deltas.some(({ needs }) => needs[0]?.kind === 'gate'), 'the need');
    }));

  it('decides a gate by its id', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const { planId } = engine.world.plan().entry;
      const accept = { planId, subtasks: ['T01'], action: 'accept' as const, reason: 'Seen.' };
      await client.request(decideSubtasks, accept);
      await engine.world.settled(() => engine.world.plan().gates[0]?.state === 'open');
      const gateId = engine.world.plan().gates[0]?.id ?? '';
      await refused(
        'validation',
        client.request(decideGate, { gateId, decision: 'reject', reason: '  ' }),
        /reason/,
      );
      const gate = await client.request(decideGate, { gateId, decision: 'approve', reason: '' });
      assert.equal(gate.state, 'approved');
    }));

  it('reads the whole story of a run', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      await engine.world.carryOut({ subtasks: ['T01'] });
      const { id: runId } = engine.world.run('T01');
      const { runs } = await client.request(listRuns, { limit: 5 });
      assert.deepEqual(
        runs.map(({ id, verdict }) => [id, verdict]),
        [[runId, 'passed']],
      );
      const page = await client.request(listEvents, { runId, after: 0, limit: 3 });
      assert.deepEqual([page.events.length, page.more], [3, true]);
      const rest = await client.request(listEvents, { runId, after: 3, limit: 100 });
      assert.deepEqual([rest.events[0]?.sequence, rest.more], [4, false]);
      assert.equal(rest.events.at(-1)?.type, 'completed');
      const { verifications } = await client.request(describeRun, { runId });
      assert.deepEqual(
        verifications.map(({ tree, checks }) => [tree, checks[0]?.outcome]),
        [
          ['worktree', 'passed'],
          ['merged', 'passed'],
        ],
      );
      assert.match((await client.request(diffRun, { runId })).diff, /src\/a\.ts/);
      await refused('not_found', client.request(readArtifact, { artifactId: 'x' }));
      await refused('not_found', client.request(describeRun, { runId: 'x' }));
    }));
});

describe('an engine', () => {
  it('is not ended while runs go on, unless by force', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const hold = engine.world.agent.hold('T01');
      const execution = await engine.world.start({ subtasks: ['T01'] });
      await engine.world.untilBegun('T01');
      await engine.world.room.state.settled();
      await refused('limit', client.request(stopEngine, { force: false }), /1 run is going on/);
      assert.equal(engine.ended, false);
      await client.request(stopEngine, { force: true });
      assert.equal(engine.ended, true);
      hold.release();
      await engine.world.ended(execution);
    }));

  it('ends when its last client has gone', () =>
    withEngine(async (engine) => {
      const client = await engine.connect();
      await engine.world.clock.pass(60_000);
      assert.equal(engine.ended, false);
      client[Symbol.dispose]();
      await until(() => engine.clients === 0);
      await engine.world.clock.pass(30_000);
      assert.equal(engine.ended, true);
    }));

  it('ends when the last thing that happened was a stop', () =>
    withEngine(async (engine) => {
      engine.world.agent.hold('T01');
      const execution = await engine.world.start({ subtasks: ['T01'] });
      await engine.world.untilBegun('T01');
      const client = await engine.connect();
      const stopping = client.request(stopRuns, { executionId: execution.id });
      await until(() => !engine.world.room.executor.isBusy());
      await stopping;
      client[Symbol.dispose]();
      await until(() => engine.clients === 0);
      await engine.world.clock.pass(30_000);
      assert.equal(engine.ended, true);
    }));

  it('ends when its client left in the middle of a stop', () =>
    withEngine(async (engine) => {
      const { world } = engine;
      let leave = (): void => undefined;
      world.agent.script('T01', async (_task, _host, signal) => {
        await new Promise<void>((resolve) => {
          leave = resolve;
          signal.addEventListener('abort', () => undefined);
        });
        return { kind: 'cancelled' };
      });
      const execution = await world.start({ subtasks: ['T01'] });
      await world.untilBegun('T01');
      const client = await engine.connect();
      client.request(stopRuns, { executionId: execution.id }).catch(() => undefined);
      await world.settled(() => world.execution(execution).state === 'cancelled');
      client[Symbol.dispose]();
      await until(() => engine.clients === 0);
      leave();
      await until(() => !world.room.executor.isBusy());
      await world.clock.pass(30_000);
      assert.equal(engine.ended, true);
    }));

  it('stays while a run goes on without any client', () =>
    withEngine(async (engine) => {
      const hold = engine.world.agent.hold('T01');
      const execution = await engine.world.start({ subtasks: ['T01'] });
      await engine.world.untilBegun('T01');
      await engine.world.clock.pass(100_000);
      assert.equal(engine.ended, false);
      hold.release();
      await engine.world.ended(execution);
      await engine.world.clock.pass(30_000);
      assert.equal(engine.ended, true);
    }));
});
