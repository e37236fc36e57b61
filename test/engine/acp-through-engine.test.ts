import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import {
  answerPermission,
  approveCommands,
  describeRun,
  listEvents,
  listRuns,
  openPlan,
  previewRun,
  startRun,
  stopRuns,
} from '../../src/protocol/messages';
import { RunsheetError } from '../../src/model/errors';
import type { EventView, NeedView, RunView, SubtaskView } from '../../src/protocol/views';
import { processesMarked } from '../support/owned-process';
import { inWorkspace, until, type Connected, type Workspace } from '../support/workspace';

const fakeAgent = resolve(__dirname, '../support/fake-acp-agent.mjs');
const planPath = 'work.plan.md';
const own = { name: 'Fake agent', program: process.execPath, args: [fakeAgent] };

interface Setting {
  /** Words for the agent, in the subtask's own text. */
  tells?: string;
  agent?: Record<string, unknown>;
  limits?: Record<string, number>;
}

/** A workspace whose one subtask is carried out by the fake agent. */
function acpWorkspace(
  setting: Setting,
  work: (workspace: Workspace, connected: Connected) => Promise<void>,
): Promise<void> {
  const { tells = 'behave:ok write:hello.txt', agent = {}, limits = {} } = setting;
  const files = {
    [planPath]: `# Work\n\n- [ ] T01 Say hello\n  - ${tells}\n  - check: grep -q agent hello.txt\n`,
    'runsheet.yml': stringify({ agent: 'fake', agents: { fake: { ...own, ...agent } }, limits }),
  };
  return inWorkspace(files, async (workspace) => {
    using connected = await workspace.connect();
    await work(workspace, connected);
  });
}

/** The newest run as the database has it. */
async function storedRun({ client }: Connected): Promise<RunView> {
  const [run] = (await client.request(listRuns, { limit: 10 })).runs;
  assert.ok(run !== undefined);
  return run;
}

async function eventsOf({ client }: Connected, runId: string): Promise<EventView[]> {
  const { events, more } = await client.request(listEvents, { runId, after: 0, limit: 1000 });
  assert.equal(more, false);
  return events;
}

function subtask({ mirror }: Connected): SubtaskView | undefined {
  return [...mirror.subtasks.values()].find(({ key }) => key === 'T01');
}

/** The end of the run and what has become of the subtask. */
async function ended(connected: Connected): Promise<{ run: RunView; subtask: SubtaskView }> {
  await connected.until('the end of the run', ({ runs }) =>
    [...runs.values()].some(({ state }) => state === 'ended'),
  );
  const left = await connected.until('the end of the subtask', () => {
    const found = subtask(connected);
    return found?.status !== 'in_progress' && found?.status !== 'in_review' && found;
  });
  const run = await storedRun(connected);
  assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', run.id), []);
  return { run, subtask: left };
}

function question(connected: Connected): Promise<NeedView> {
  return connected.until('a question', ({ needs }) =>
    [...needs.values()].find(({ kind }) => kind === 'permission'),
  );
}

async function answer(connected: Connected, optionId: string): Promise<void> {
  const { id: requestId } = await question(connected);
  await connected.client.request(answerPermission, { requestId, optionId });
}

async function planId({ client }: Connected): Promise<string> {
  const { plans } = await client.request(openPlan, { path: planPath });
  assert.ok(plans[0] !== undefined);
  return plans[0].id;
}

const asIs = { acceptClaims: false, allowDirty: false };

describe('an ACP agent in the engine', function () {
  this.timeout(60_000);

  it('carries out a subtask: asks, writes, is checked, merged and recorded', () =>
    acpWorkspace({}, async (workspace, connected) => {
      await workspace.start(connected.client, planPath);
      const need = await question(connected);
      assert.equal(need.title, 'Write hello.txt');
      assert.match(need.detail, /^Say hello\nedit: hello\.txt\n/);
      assert.deepEqual(
        need.options.map(({ id, kind }) => `${id} ${kind}`),
        ['yes allow_once', 'always allow_always', 'no reject_once'],
      );
      const waiting = await storedRun(connected);
      assert.equal(waiting.state, 'waiting');
      assert.equal(need.runId, waiting.id);
      assert.equal(existsSync(join(waiting.worktree ?? '', 'hello.txt')), false);
      await connected.client.request(answerPermission, { requestId: need.id, optionId: 'yes' });

      const { run, subtask } = await ended(connected);
      assert.deepEqual([run.outcome, run.verdict], ['completed', 'passed']);
      assert.deepEqual([subtask.status, subtask.proof], ['done', 'proven']);
      assert.deepEqual([run.agentKey, run.agentVersion, run.model], ['fake', '1.2.3', 'fake-1']);
      assert.deepEqual([run.tokensIn, run.tokensOut, run.costMicros], [130, 20, 12_300]);
      assert.equal(connected.mirror.needs.size, 0);

      const merged = workspace.repository.git('show', `${run.mergeCommit}:hello.txt`);
      assert.equal(merged, 'written by the agent');
      await until('the worktree is gone', () => !existsSync(run.worktree ?? ''));
      await until('the plan is ticked', () => workspace.read(planPath).includes('- [x] T01'));
      const { verifications } = await connected.client.request(describeRun, { runId: run.id });
      assert.deepEqual(
        verifications.map(({ tree, verdict }) => [tree, verdict]),
        [
          ['worktree', 'passed'],
          ['merged', 'passed'],
        ],
      );
      await recordedStory(connected, run.id);
    }));

  it('does not pass, and needs attention, when a person denies what it asks for', () =>
    acpWorkspace({}, async (workspace, connected) => {
      await workspace.start(connected.client, planPath);
      await answer(connected, 'no');
      const { run, subtask } = await ended(connected);
      assert.deepEqual([run.outcome, run.verdict], ['completed', 'failed']);
      assert.equal(subtask.status, 'needs_attention');
      assert.match(subtask.statusReason ?? '', /denied/);
      assert.equal(run.mergeCommit, null);
      const events = await eventsOf(connected, run.id);
      const denied = events.find(({ type }) => type === 'permission_answered');
      assert.equal(denied?.text, 'Reject');
      assert.ok(events.some(({ type, text }) => type === 'tool_result' && /failed/.test(text)));
    }));

  it('is rejected when nobody answers in the time that runsheet.yml gives', () =>
    acpWorkspace({ limits: { permission_seconds: 1 } }, async (workspace, connected) => {
      await workspace.start(connected.client, planPath);
      const need = await question(connected);
      const { run, subtask } = await ended(connected);
      assert.deepEqual([run.outcome, run.verdict], ['completed', 'failed']);
      assert.equal(subtask.status, 'needs_attention');
      const events = await eventsOf(connected, run.id);
      const types = events.map(({ type }) => type);
      const expired = events.find(({ type }) => type === 'permission_answered');
      assert.equal(expired?.text, 'nobody answered in time');
      // The end of the question is written down before the agent goes on.
      assert.ok(types.indexOf('permission_answered') < types.indexOf('tool_result'));
      await assert.rejects(
        connected.client.request(answerPermission, { requestId: need.id, optionId: 'yes' }),
        (error) => RunsheetError.is(error, 'not_found'),
      );
    }));

  it('is stopped in the middle of a tool, and nothing of it survives', () =>
    acpWorkspace({ tells: 'behave:deaf' }, async (workspace, connected) => {
      await workspace.start(connected.client, planPath);
      const run = await connected.until('the tool', ({ runs }) =>
        [...runs.values()].find(({ lastEvent }) => lastEvent?.type === 'tool_call'),
      );
      const tool = Number(/run (\d+)/.exec(run.lastEvent?.text ?? '')?.[1]);
      const pids = processesMarked('RUNSHEET_RUN_ID', run.id).map(({ pid }) => pid);
      assert.ok(pids.includes(tool), `${tool} is not among ${pids.join(', ')}`);
      await connected.client.request(stopRuns, { runId: run.id });
      const end = await ended(connected);
      assert.equal(end.run.outcome, 'cancelled');
      assert.equal(end.subtask.status, 'pending');
      assert.equal(end.subtask.attempts, 0);
      assert.equal(existsSync(end.run.worktree ?? ''), true);
    }));

  it('is stopped while it waits for an answer, and the question is gone', () =>
    acpWorkspace({}, async (workspace, connected) => {
      const executionId = await workspace.start(connected.client, planPath);
      await question(connected);
      await connected.client.request(stopRuns, { executionId });
      const { run, subtask } = await ended(connected);
      assert.equal(run.outcome, 'cancelled');
      assert.equal(subtask.status, 'pending');
      await connected.until('no question', ({ needs }) => needs.size === 0);
    }));

  it('has failed with its last words when it dies', () =>
    acpWorkspace({ tells: 'behave:die' }, async (workspace, connected) => {
      await workspace.start(connected.client, planPath);
      const { run, subtask } = await ended(connected);
      assert.equal(run.outcome, 'failed');
      assert.match(run.error ?? '', /^Fake agent ended unexpectedly, with exit code 3\./);
      assert.match(run.error ?? '', /fatal: out of cheese/);
      assert.equal(subtask.status, 'failed');
      assert.match(subtask.statusReason ?? '', /out of cheese/);
      assert.equal(subtask.attempts, 1);
    }));

  it('has failed when it refuses the task', () =>
    acpWorkspace({ tells: 'behave:refuse' }, async (workspace, connected) => {
      await workspace.start(connected.client, planPath);
      const { run, subtask } = await ended(connected);
      assert.equal(run.outcome, 'failed');
      assert.match(run.error ?? '', /refused/);
      assert.equal(subtask.status, 'failed');
    }));

  for (const [name, setting, reason] of [
    [
      'silence_seconds',
      { tells: 'behave:hang', limits: { silence_seconds: 1 } },
      /no sign of life/,
    ],
    ['run_seconds', { tells: 'behave:chatter', limits: { run_seconds: 1 } }, /its time was up/],
  ] as const) {
    it(`is ended by ${name} of runsheet.yml`, () =>
      acpWorkspace(setting, async (workspace, connected) => {
        await workspace.start(connected.client, planPath);
        const { run, subtask } = await ended(connected);
        assert.equal(run.outcome, 'timed_out');
        assert.equal(subtask.status, 'needs_attention');
        assert.match(run.error ?? '', reason);
      }));
  }

  it('is ended by start_seconds of runsheet.yml, and takes no more work after three times', () =>
    acpWorkspace(
      { agent: { env: { FAKE_AGENT_START: 'silent' } }, limits: { start_seconds: 1 } },
      async (workspace, connected) => {
        await workspace.start(connected.client, planPath);
        const need = await connected.until('the broken agent', ({ needs }) =>
          [...needs.values()].find(({ kind }) => kind === 'agent'),
        );
        assert.match(need.detail, /did not start in time/);
        // The agent is told to be broken a moment before its last run has ended.
        await connected.until('the end of its last run', () =>
          subtask(connected)?.status === 'pending' ? true : undefined,
        );
        const { runs } = await connected.client.request(listRuns, { limit: 10 });
        assert.deepEqual(
          runs.map(({ outcome, error }) => [outcome, error]),
          [1, 2, 3].map(() => ['timed_out', 'The agent did not start in time.']),
        );
        assert.deepEqual(
          [subtask(connected)?.status, subtask(connected)?.attempts],
          ['pending', 0],
        );
      },
    ));

  it('that is not installed is refused with the way out', () =>
    acpWorkspace({ agent: { program: './tools/nowhere' } }, async (workspace, connected) => {
      await assert.rejects(
        workspace.start(connected.client, planPath),
        (error) =>
          RunsheetError.is(error, 'agent_missing') &&
          error.message.includes(join(workspace.root, 'tools/nowhere')) &&
          error.message.includes('runsheet.yml'),
      );
      const known = { planId: await planId(connected), agent: 'auggie', ...asIs };
      await assert.rejects(
        connected.client.request(startRun, known),
        (error) =>
          RunsheetError.is(error, 'agent_missing') &&
          error.message.includes('npm install -g @augmentcode/auggie'),
      );
      assert.deepEqual((await connected.client.request(listRuns, { limit: 10 })).runs, []);
    }));

  it('that the workspace defines runs from there, once a person has approved it', () =>
    acpWorkspace(
      { agent: { program: './tools/agent.mjs', args: ['--quiet'] } },
      async (workspace, connected) => {
        workspace.write('tools/agent.mjs', `#!${process.execPath}\nimport '${fakeAgent}';\n`);
        chmodSync(join(workspace.root, 'tools/agent.mjs'), 0o755);
        workspace.repository.commit({});
        const request = { planId: await planId(connected) };
        const { client } = connected;
        const { commands } = await client.request(previewRun, request);
        const program = join(workspace.root, 'tools/agent.mjs');
        const agent = commands.find(({ command }) => command === `${program} --quiet`);
        assert.deepEqual([agent?.approved, agent?.usedBy], [false, ['T01']]);
        const others = commands.filter((one) => one !== agent).map(({ hash }) => hash);
        await client.request(approveCommands, { ...request, hashes: others });
        await assert.rejects(
          client.request(startRun, { ...request, ...asIs }),
          (error) => RunsheetError.is(error, 'not_approved') && error.message.includes(program),
        );
        await client.request(approveCommands, { ...request, hashes: [agent?.hash ?? ''] });
        await client.request(startRun, { ...request, ...asIs });
        await answer(connected, 'yes');
        assert.equal((await ended(connected)).run.verdict, 'passed');
      },
    ));

  it('gets no second prompt when the engine is killed while it has the first', () =>
    inWorkspace({}, async (workspace) => {
      const prompts = join(workspace.temporary, 'prompts');
      const agent = { ...own, env: { FAKE_AGENT_PROMPTS: prompts } };
      workspace.repository.commit({
        [planPath]: '# Work\n\n- [ ] T01 Say hello\n  - behave:tool\n  - check: exists hello.txt\n',
        'runsheet.yml': stringify({ agent: 'fake', agents: { fake: agent } }),
      });
      let runId = '';
      {
        using first = await workspace.connect();
        await workspace.start(first.client, planPath);
        const run = await first.until('the tool', ({ runs }) =>
          [...runs.values()].find(({ lastEvent }) => lastEvent?.type === 'tool_call'),
        );
        runId = run.id;
        process.kill(first.client.link.welcome.pid, 'SIGKILL');
        await first.client.closed;
      }
      using second = await workspace.connect();
      const { run, subtask } = await ended(second);
      assert.equal(run.id, runId);
      assert.equal(run.outcome, 'interrupted');
      assert.equal(subtask.status, 'needs_attention');
      assert.match(subtask.statusReason ?? '', /had received the prompt/);
      assert.equal(existsSync(run.worktree ?? ''), true);
      assert.equal(readFileSync(prompts, 'utf8'), `${runId}\n`);
      // The execution has ended by itself: nothing more is going to be started.
      await until('the engine is idle', async () => {
        const { runs } = await second.client.request(listRuns, { limit: 10 });
        const live = [...second.mirror.executions.values()].some(({ endedAt }) => endedAt === null);
        return !live && runs.length === 1;
      });
      assert.equal(readFileSync(prompts, 'utf8'), `${runId}\n`);
    }));
});

async function recordedStory(connected: Connected, runId: string): Promise<void> {
  const events = await eventsOf(connected, runId);
  const types = events.map(({ type }) => type);
  const order = [
    ...['started', 'message', 'plan_update', 'tool_call', 'permission_requested'],
    ...['permission_answered', 'tool_result', 'turn_complete', 'commit_created'],
    ...['acceptance_check', 'merge_started', 'merged', 'completed'],
  ];
  assert.deepEqual(
    order.map((type) => types.indexOf(type)),
    order.map((type) => types.indexOf(type)).toSorted((a, b) => a - b),
  );
  assert.deepEqual(
    order.filter((type) => !types.includes(type)),
    [],
  );
  assert.deepEqual(
    events.map(({ sequence }) => sequence),
    events.map((_event, index) => index + 1),
  );
  const textOf = (type: string): string[] =>
    events.filter((event) => event.type === type).map(({ text }) => text);
  assert.match(textOf('message').join(''), /I will write it\..*Done\./s);
  assert.deepEqual(textOf('tool_call'), ['Write hello.txt (pending)']);
  assert.deepEqual(textOf('tool_result'), ['Write hello.txt (completed)\nchanged hello.txt']);
  assert.deepEqual(textOf('permission_answered'), ['Allow']);
  assert.deepEqual(textOf('turn_complete'), [
    'completed: end turn · 130 tokens in, 20 out, $0.0123',
  ]);
}
