import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AcpAgent } from '../../src/agents/acp-agent';
import type { AgentOutcome, AgentTask, PermissionQuestion } from '../../src/agents/agent';
import { fakeAcpAgent } from '../support/fake-acp-agent';
import { processesMarked } from '../support/owned-process';
import { agentTask, nobody, RecordingHost, systemEffects } from '../support/recording-host';
import { withTemporaryFolder } from '../support/temporary-folder';

interface Result {
  outcome: AgentOutcome;
  host: RecordingHost;
  /** What the agent wrote to hello.txt. */
  file: string | null;
}

interface Options {
  env?: Record<string, string>;
  task?: Partial<AgentTask>;
  host?: RecordingHost;
  signal?: AbortSignal;
}

const limits = { silenceMs: 60_000, totalMs: 60_000, startMs: 20_000, permissionMs: 20_000 };
const allow = (question: PermissionQuestion): string | null =>
  question.options.find(({ kind }) => kind === 'allow_once')?.id ?? null;

async function run(behaviour: string, options: Options = {}): Promise<Result> {
  const { env, host = new RecordingHost(allow), signal = new AbortController().signal } = options;
  return withTemporaryFolder(async (folder) => {
    const task = agentTask(folder, { prompt: `behave:${behaviour}`, ...options.task });
    const agent = new AcpAgent(fakeAcpAgent(env), systemEffects());
    const outcome = await agent.run(task, host, signal);
    assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', task.runId), []);
    const file = await readFile(join(folder, 'hello.txt'), 'utf8').catch(() => null);
    return { outcome, host, file };
  });
}

function failureOf(outcome: AgentOutcome): Extract<AgentOutcome, { kind: 'failed' }> {
  assert.ok(outcome.kind === 'failed', `the outcome is ${outcome.kind}`);
  return outcome;
}

describe('an agent of the Agent Client Protocol', function () {
  this.timeout(20_000);

  it('carries out a task: prompt, permission, file, events, usage', async () => {
    const { outcome, host, file } = await run('ok');
    assert.deepEqual(outcome, { kind: 'completed', stopReason: 'end_turn', permissionDenials: 0 });
    assert.equal(file, 'written by the agent\n');
    assert.deepEqual(host.ready, { version: '1.2.3', model: 'fake-1', session: 'fake-session-1' });
    assert.equal(host.said(), 'I will write it.Done.');
    assert.deepEqual(host.of('plan_update')[0]?.entries, [
      { content: 'Write', status: 'in_progress' },
    ]);
    assert.equal(host.questions[0]?.summary, 'Write hello.txt');
    assert.deepEqual(host.questions[0].call, {
      name: null,
      kind: 'edit',
      title: 'Write hello.txt',
      input: { path: 'hello.txt' },
      locations: ['hello.txt'],
    });
    assert.equal(host.of('tool_call')[0]?.title, 'Write hello.txt');
    assert.equal(host.of('tool_result')[0]?.status, 'completed');
    const usage = { tokensIn: 130, tokensOut: 20, costMicros: 12_300 };
    assert.deepEqual(host.of('usage').at(-1)?.usage, usage);
  });

  it('is not disturbed by lines that are no messages, nor by updates of the future', async () => {
    const { host } = await run('ok');
    assert.equal(host.output('stdout'), 'a log line that is no message\n');
    assert.equal(host.output('stderr'), 'a log line where it belongs\n');
    const notices = host.of('notice').map(({ text }) => text);
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? '', /update_of_the_future/);
  });

  it('tells of things in the order in which they happened', async () => {
    const { host } = await run('ok');
    const types = host.events.map(({ type }) => type).filter((type) => type !== 'output');
    // How many pieces a message comes in depends on the speed of the machine.
    const order = types.filter((type, index) => type !== 'message' || types[index - 1] !== type);
    assert.deepEqual(order, [
      ...['message', 'plan_update', 'notice', 'tool_call', 'tool_result'],
      ...['usage', 'message', 'usage'],
    ]);
  });

  it('counts a rejected permission, and nothing is written', async () => {
    const reject = new RecordingHost(() => 'no');
    const { outcome, file } = await run('ok', { host: reject });
    assert.deepEqual(outcome, { kind: 'completed', stopReason: 'end_turn', permissionDenials: 1 });
    assert.equal(file, null);
  });

  it('rejects a permission that nobody answers in time', async () => {
    const silent = new RecordingHost(nobody);
    const { outcome, file } = await run('ok', {
      host: silent,
      task: { limits: { ...limits, permissionMs: 100 } },
    });
    assert.deepEqual(outcome, { kind: 'completed', stopReason: 'end_turn', permissionDenials: 1 });
    assert.equal(file, null);
  });

  it('reads the usage that Gemini tells in its own place', async () => {
    const { host } = await run('quota');
    const usage = { tokensIn: 7, tokensOut: 3, costMicros: null };
    assert.deepEqual(host.of('usage').at(-1)?.usage, usage);
  });

  for (const [behaviour, stopReason] of [
    ['weird', 'something_new'],
    ['full', 'max_tokens'],
  ] as const) {
    it(`keeps the reason ${stopReason} for which the agent stopped`, async () => {
      const { outcome } = await run(behaviour);
      assert.deepEqual(outcome, { kind: 'completed', stopReason, permissionDenials: 0 });
    });
  }

  for (const [behaviour, code, message] of [
    ['refuse', 'refused', /refused/],
    ['auth', 'authentication', /sign in/],
    ['limit', 'rate_limit', /Too many requests/],
    ['error', 'protocol', /Internal error \(the disk is on fire\)/],
    ['overloaded', 'overloaded', /Repeated 529/],
    ['key', 'authentication', /API key not valid.*sign in/],
    ['quota_data', 'rate_limit', /Rate limit reached/],
    ['nonsense', 'protocol', /stopReason/],
  ] as const) {
    it(`fails with ${code} when the agent answers "${behaviour}"`, async () => {
      const failure = failureOf((await run(behaviour)).outcome);
      assert.equal(failure.code, code);
      assert.match(failure.message, message);
    });
  }

  it('knows how long the provider asks to wait', async () => {
    assert.equal(failureOf((await run('quota_data')).outcome).retryAfterMs, 20_000);
  });

  it('takes the death of an agent that cannot reach its provider for what it is', async () => {
    const failure = failureOf((await run('broken_line')).outcome);
    assert.equal(failure.code, 'network');
    assert.equal(failure.exitCode, 1);
    assert.match(failure.message, /fetch failed/);
  });

  for (const [behaviour, notices] of [
    ['mute', []],
    // Told once, however often the agent says it.
    ['reconnecting', ['Reconnecting... waiting for network']],
  ] as const) {
    it(`takes silence before the first work for trouble with the provider ("${behaviour}")`, async () => {
      const { outcome, host } = await run(behaviour, {
        task: { limits: { ...limits, silenceMs: 1_000 } },
      });
      const failure = failureOf(outcome);
      assert.equal(failure.code, 'network');
      assert.match(failure.message, /Fake agent said nothing for 1 s/);
      assert.deepEqual(
        host.of('notice').map(({ text }) => text),
        notices,
      );
    });
  }

  it('reports the death of the agent with its exit code and last words', async () => {
    const { outcome, host } = await run('die');
    const failure = failureOf(outcome);
    assert.equal(failure.code, 'connection');
    assert.equal(failure.exitCode, 3);
    assert.match(failure.message, /exit code 3[^]*out of cheese/);
    assert.equal(host.said(), 'I am ');
  });

  it('reports an agent that does not know how to be started', async () => {
    const failure = failureOf((await run('ok', { env: { FAKE_AGENT_START: 'exit' } })).outcome);
    assert.equal(failure.exitCode, 64);
    assert.match(failure.message, /unknown option --acp/);
  });

  it('asks to sign in when the agent wants that before a session', async () => {
    const failure = failureOf((await run('ok', { env: { FAKE_AGENT_START: 'auth' } })).outcome);
    assert.equal(failure.code, 'authentication');
  });

  it('does not talk to an agent of another protocol version', async () => {
    const failure = failureOf((await run('ok', { env: { FAKE_AGENT_START: 'version' } })).outcome);
    assert.match(failure.message, /version 7/);
  });

  for (const start of ['silent', 'no-session']) {
    it(`gives up an agent that does not start (${start})`, async () => {
      const { outcome, host } = await run('ok', {
        env: { FAKE_AGENT_START: start },
        task: { limits: { ...limits, startMs: 500 } },
      });
      assert.deepEqual(outcome, { kind: 'timed_out', which: 'start' });
      assert.equal(host.ready, null);
    });
  }

  it('is stopped in its own protocol, and what it says then is kept', async () => {
    const controller = new AbortController();
    const host = new RecordingHost();
    const running = run('hang', { host, signal: controller.signal });
    await host.until(() => host.said().includes('working'));
    controller.abort();
    assert.deepEqual((await running).outcome, { kind: 'cancelled' });
    assert.equal(host.said(), 'working and stopping');
  });

  it('answers an open permission request when it is stopped', async () => {
    const controller = new AbortController();
    let withdrawn = false;
    const host = new RecordingHost((question, signal) => {
      signal.addEventListener('abort', () => (withdrawn = true));
      controller.abort();
      return nobody(question, signal);
    });
    const { outcome, file } = await run('ok', { host, signal: controller.signal });
    assert.deepEqual(outcome, { kind: 'cancelled' });
    assert.equal(withdrawn, true);
    assert.equal(file, null);
  });

  it('is ended when it is silent for too long', async () => {
    const { outcome } = await run('hang', { task: { limits: { ...limits, silenceMs: 300 } } });
    assert.deepEqual(outcome, { kind: 'timed_out', which: 'silence' });
  });

  for (const behaviour of ['tool', 'deaf']) {
    it(`leaves no process behind when it is stopped in the middle of a tool ("${behaviour}")`, async () => {
      const controller = new AbortController();
      const host = new RecordingHost();
      const running = run(behaviour, { host, signal: controller.signal });
      await host.until(() => host.of('tool_call').length > 0);
      assert.equal(processesMarked('RUNSHEET_RUN_ID', host.processes[0]?.marker ?? '').length, 3);
      controller.abort();
      assert.deepEqual((await running).outcome, { kind: 'cancelled' });
    });
  }

  it('leaves no process behind when it ends well and its tool runs on', async () => {
    const { outcome } = await run('leak');
    assert.equal(outcome.kind, 'completed');
  });

  it('hands over every update of a flood, one at a time', async () => {
    const host = new RecordingHost();
    let open = 0;
    const take = host.onEvent.bind(host);
    host.onEvent = async (event) => {
      assert.equal(++open, 1);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      await take(event);
    };
    await run('flood', { host });
    const expected = Array.from({ length: 5000 }, (_value, index) => `call ${index}`);
    assert.deepEqual(
      host.of('tool_call').map(({ title }) => title),
      expected,
    );
  });

  it('keeps what the agent says after its answer', async () => {
    const { host } = await run('late');
    assert.equal(host.said(), 'one more thing');
  });

  for (const sessions of ['load', 'resume']) {
    it(`continues an earlier conversation (${sessions}) without telling it again`, async () => {
      const { host } = await run('weird', {
        env: { FAKE_AGENT_SESSIONS: sessions },
        task: { session: 'earlier' },
      });
      assert.equal(host.ready?.session, 'earlier');
      assert.equal(host.said(), '');
    });
  }

  for (const sessions of ['none', 'broken']) {
    it(`starts a new conversation, and says so, when the earlier one cannot be had (${sessions})`, async () => {
      const { outcome, host } = await run('weird', {
        env: { FAKE_AGENT_SESSIONS: sessions },
        task: { session: 'earlier' },
      });
      assert.equal(outcome.kind, 'completed');
      assert.equal(host.ready?.session, 'fake-session-1');
      assert.match(host.of('notice')[0]?.text ?? '', /new one/);
    });
  }

  it('passes a failure of its owner on, with every process ended', async () => {
    const host = new RecordingHost(allow);
    host.onReady = () => Promise.reject(new Error('the disk is full'));
    await assert.rejects(run('ok', { host }), /the disk is full/);
    assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', host.processes[0]?.marker ?? ''), []);
  });
});
