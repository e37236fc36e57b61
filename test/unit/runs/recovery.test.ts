import assert from 'node:assert/strict';
import { Recorder } from '../../../src/runs/recorder';
import { Recovery, type StopLeftovers } from '../../../src/runs/recovery';
import { ArtifactFiles } from '../../../src/store/artifact-files';
import { events } from '../../../src/store/repositories/events';
import { runs, type RunRow } from '../../../src/store/repositories/runs';
import { verifications } from '../../../src/store/repositories/verifications';
import type { Log } from '../../../src/platform/log';
import type { RunState } from '../../../src/model/status';
import { FakeClock } from '../../support/fake-clock';
import { InMemoryStore } from '../../support/in-memory-store';
import {
  dispatch,
  engine,
  present,
  rowOf,
  seed,
  subtaskContent,
  valuesOf,
} from '../../support/plan-rows';
import { validator } from '../../support/check-context';

describe('after the death of an engine, a run', () => {
  let store: InMemoryStore;
  let recorder: Recorder;
  let logged: string[];
  beforeEach(async () => {
    store = await InMemoryStore.open();
    recorder = new Recorder(store, new ArtifactFiles('/nowhere'), new FakeClock());
    logged = [];
  });
  afterEach(() => store.close());

  const recover = (stop: StopLeftovers = async () => ({ left: 0 })): Promise<number> => {
    const log: Log = {
      info: () => undefined,
      warn: (message) => void logged.push(message),
      error: (message) => void logged.push(message),
    };
    return new Recovery(store, recorder, stop, log).recover();
  };

  async function left(states: readonly RunState[], types: readonly string[], agent = 'fake') {
    const { planId, subtaskId } = await seed(store);
    const run = await dispatch(store, planId, subtaskId);
    store.connection.run('UPDATE runs SET agent_key = ?', agent);
    for (const to of states) {
      const subtask = to === 'verifying' ? { subtaskId, to: 'in_review' as const } : undefined;
      const step = { runId: run.id, to, ...(subtask === undefined ? {} : { subtask }) };
      await store.command(runs.step, step, engine);
    }
    for (const type of types) await recorder.event(run.id, type, {});
    const outcome = async () => {
      const [row] = await store.query(runs.byIds, [run.id]);
      return [row?.outcome, (await rowOf(store, planId, 'T01')).status];
    };
    return { run, planId, subtaskId, outcome };
  }

  const cases: readonly [string, RunState[], string[], string, string][] = [
    ['that was only queued', [], [], 'fake', 'pending'],
    ['whose agent was being started', ['spawning'], [], 'fake', 'pending'],
    ['that was still being set up', ['spawning'], ['setup'], 'fake', 'pending'],
    ['whose agent had the prompt', ['spawning', 'running'], ['started'], 'fake', 'needs_attention'],
    [
      'whose work was being checked',
      ['spawning', 'running', 'verifying'],
      ['setup', 'started', 'turn_complete'],
      'fake',
      'needs_attention',
    ],
    ['of a program', ['spawning', 'running'], ['started'], 'command', 'pending'],
    [
      'of a program whose work was being merged',
      ['spawning', 'running', 'verifying', 'merging'],
      ['started'],
      'command',
      'pending',
    ],
    // The engine before ours died while it cleaned up.
    ['that was found once before', ['spawning'], ['interrupted'], 'fake', 'pending'],
  ];
  for (const [what, states, types, agent, status] of cases) {
    it(`${what} is interrupted and leaves its subtask ${status}`, async () => {
      const { outcome, run } = await left(states, types, agent);
      assert.equal(await recover(), 1);
      assert.deepEqual(await outcome(), ['interrupted', status]);
      const counted = valuesOf(store, 'SELECT counts_as_attempt AS counts FROM runs');
      assert.deepEqual(counted, [{ counts: 0 }]);
      const told = await store.query(events.page, { runId: run.id, after: 0, limit: 10 });
      assert.equal(told.at(-1)?.event_type, 'interrupted');
      assert.equal(await recover(), 0);
    });
  }

  it('has its processes looked for by pid, start and marker', async () => {
    const { run } = await left(['spawning'], []);
    const fields = { process_id: 77, process_started_at: 'then', process_marker: 'mark' };
    await store.command(runs.update, { runId: run.id, fields }, engine);
    const asked: unknown[] = [];
    await recover(async (...recorded) => {
      asked.push(recorded);
      return { left: 1 };
    });
    assert.deepEqual(asked, [[{ pid: 77, startedAt: 'then' }, 'mark']]);
    assert.match(logged.join(), /did not end/);
  });

  it('that cannot be closed keeps no other from being closed', async () => {
    const { planId } = await seed(store, {
      subtasks: [subtaskContent('T01'), subtaskContent('T02')],
    });
    const rows: RunRow[] = [];
    for (const { id } of await present(store, planId)) rows.push(await dispatch(store, planId, id));
    await recover(async (_recorded, marker) => {
      if (marker === rows[0]?.id) throw new Error('no such table of processes');
      return { left: 0 };
    });
    const [open] = await store.query(runs.live, undefined);
    assert.equal(open?.id, rows[0]?.id);
    assert.equal((await rowOf(store, planId, 'T02')).status, 'pending');
  });

  it('is not the only thing whose processes are looked for: checks without a run have some', async () => {
    const { subtaskId } = await seed(store);
    const start = {
      ...{ runId: null, subtaskId, gateId: null, acceptanceSpecId: null, minScore: null },
      ...{ gateMode: 'all_pass' as const, tree: 'merged' as const, commit: null, dirty: false },
      treeHash: null,
      validators: [validator('file_exists', { path: 'a' })],
    };
    const over = await store.command(verifications.start, start, engine);
    const end = { id: over, verdict: 'failed' as const, score: 0, message: null };
    await store.command(verifications.end, end, engine);
    const markers: string[] = [];
    const stop: StopLeftovers = async (_recorded, marker) => {
      markers.push(marker);
      return { left: 0 };
    };
    await recover(stop);
    assert.deepEqual(markers, []);
    await store.command(verifications.start, start, engine);
    await recover(stop);
    assert.deepEqual(markers, [`verify-${subtaskId}`]);
    await recover(stop);
    assert.equal(markers.length, 1);
  });

  it('has verifications that say that they did not end', async () => {
    const { run, subtaskId } = await left(['spawning', 'running', 'verifying'], ['started']);
    await store.command(
      verifications.start,
      {
        ...{ runId: run.id, subtaskId, gateId: null, acceptanceSpecId: null, minScore: null },
        ...{ gateMode: 'all_pass', tree: 'worktree', commit: null, dirty: false },
        treeHash: null,
        validators: [validator('file_exists', { path: 'a' })],
      },
      engine,
    );
    await recover();
    const [record] = await store.query(verifications.ofRun, run.id);
    assert.deepEqual(
      [record?.verification.state, record?.verification.verdict, record?.results[0]?.outcome],
      ['ended', 'unverified', 'skipped'],
    );
  });
});
