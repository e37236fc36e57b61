import assert from 'node:assert/strict';
import * as acp from '@agentclientprotocol/sdk';
import { AcpConversation, StartTimeout } from '../../../src/agents/acp-conversation';
import type { AgentHost, AgentOutcome, AgentTask } from '../../../src/agents/agent';
import { EventQueue } from '../../../src/agents/event-queue';
import { RunClock } from '../../../src/agents/run-clock';
import { VitalSigns } from '../../../src/agents/vital-signs';
import { Watchdog } from '../../../src/agents/watchdog';
import { FakeClock, settle } from '../../support/fake-clock';
import { agentTask, nobody, RecordingHost } from '../../support/recording-host';

const { agent: toAgent, client: toClient } = acp.methods;
const limits = { silenceMs: 10_000, totalMs: 60_000, startMs: 30_000, permissionMs: 5_000 };
const options: acp.PermissionOption[] = [
  { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
  { optionId: 'no', name: 'No', kind: 'reject_once' },
];

/** An agent of the library itself that asks once for permission and then ends its turn. */
function askingAgent(answers: acp.RequestPermissionOutcome[], offered = options): acp.AgentApp {
  return acp
    .agent()
    .onRequest(toAgent.initialize, () => ({ protocolVersion: 1, agentCapabilities: {} }))
    .onRequest(toAgent.session.new, () => ({ sessionId: 's1' }))
    .onNotification(toAgent.session.cancel, () => undefined)
    .onRequest(toAgent.session.prompt, async ({ client }) => {
      const toolCall = { toolCallId: 't1', title: 'Write a.txt' };
      const ask: acp.RequestPermissionRequest = { sessionId: 's1', toolCall, options: offered };
      const answer = await client.request(toClient.session.requestPermission, ask);
      answers.push(answer.outcome);
      return { stopReason: 'end_turn' };
    });
}

interface Talk {
  clock: FakeClock;
  watchdog: Watchdog;
  conversation: AcpConversation;
  answers: acp.RequestPermissionOutcome[];
}

function talk(
  host: AgentHost,
  agentOf: (answers: acp.RequestPermissionOutcome[]) => acp.AgentApp = askingAgent,
  task: Partial<AgentTask> = {},
): Talk {
  const clock = new FakeClock();
  const answers: acp.RequestPermissionOutcome[] = [];
  const there = new TransformStream<acp.AnyMessage, acp.AnyMessage>();
  const back = new TransformStream<acp.AnyMessage, acp.AnyMessage>();
  agentOf(answers).connect({ readable: there.readable, writable: back.writable });
  const watchdog = new Watchdog(clock, limits);
  const events = new EventQueue(host, Promise.resolve());
  const stream = { readable: back.readable, writable: there.writable };
  const whole = agentTask('/work', { limits, ...task });
  const vitals = new VitalSigns('The agent', watchdog, limits.silenceMs, clock);
  const time = new RunClock(clock, whole.pause);
  const started = { events, watchdog, time };
  const conversation = new AcpConversation(whole, host, started, vitals, clock, stream);
  return { clock, watchdog, conversation, answers };
}

async function promptOf({ conversation, watchdog }: Talk): Promise<AgentOutcome> {
  const session = await conversation.open();
  watchdog.start();
  return conversation.prompt(session);
}

describe('a conversation with an agent', () => {
  it('rejects a permission that nobody answers in time, and counts it', async () => {
    const host = new RecordingHost(nobody);
    const current = talk(host);
    const outcome = promptOf(current);
    await host.until(({ questions }) => questions.length === 1);
    await current.clock.pass(4_999);
    assert.deepEqual(current.answers, []);
    await current.clock.pass(1);
    assert.deepEqual(await outcome, {
      kind: 'completed',
      stopReason: 'end_turn',
      permissionDenials: 1,
    });
    assert.deepEqual(current.answers, [{ outcome: 'selected', optionId: 'no' }]);
  });

  it('answers with "cancelled" where the agent offers nothing to reject with', async () => {
    const only = options.filter(({ kind }) => kind === 'allow_once');
    const current = talk(new RecordingHost(), (answers) => askingAgent(answers, only));
    const outcome = await promptOf(current);
    assert.ok(outcome.kind === 'completed');
    assert.equal(outcome.permissionDenials, 1);
    assert.deepEqual(current.answers, [{ outcome: 'cancelled' }]);
  });

  it('takes an answer that the agent did not offer for a rejection', async () => {
    const current = talk(new RecordingHost(() => 'everything'));
    await promptOf(current);
    assert.deepEqual(current.answers, [{ outcome: 'selected', optionId: 'no' }]);
  });

  it('counts no time while a person is asked', async () => {
    const host = new RecordingHost(nobody);
    const current = talk(host, askingAgent, { limits: { ...limits, permissionMs: 1_000_000 } });
    void promptOf(current);
    await host.until(({ questions }) => questions.length === 1);
    let expired = false;
    void current.watchdog.expired.then(() => (expired = true));
    await current.clock.pass(900_000);
    assert.equal(expired, false);
  });

  it('answers an open request with "cancelled" when it is stopped', async () => {
    const host = new RecordingHost(nobody);
    const current = talk(host);
    const outcome = promptOf(current);
    await host.until(({ questions }) => questions.length === 1);
    await current.conversation.cancel();
    await outcome;
    assert.deepEqual(current.answers, [{ outcome: 'cancelled' }]);
  });

  it('tells of the tool before it asks for it', async () => {
    const seen: number[] = [];
    const host: RecordingHost = new RecordingHost(() => {
      seen.push(host.of('tool_call').length);
      return 'yes';
    });
    await promptOf(talk(host));
    assert.deepEqual(seen, [1]);
  });

  it('does not wait longer than it may for a session', async () => {
    const silent = (): acp.AgentApp =>
      acp
        .agent()
        .onRequest(toAgent.initialize, () => ({ protocolVersion: 1 }))
        .onRequest(toAgent.session.new, () => new Promise(() => undefined));
    const { conversation, clock } = talk(new RecordingHost(), silent);
    const opened = conversation.open().catch((error: unknown) => error);
    await clock.pass(2 * limits.startMs - 1);
    let ended = false;
    void opened.then(() => (ended = true));
    await settle();
    assert.equal(ended, false);
    await clock.pass(1);
    assert.ok((await opened) instanceof StartTimeout);
  });
});
