// A program that speaks the Agent Client Protocol and behaves as a word in the prompt says: `behave:WORD`, or
// FAKE_AGENT_BEHAVIOUR when the prompt has none; `ok` otherwise. FAKE_AGENT_START makes it fail before the prompt.
// `write:PATH` in the prompt names the file that it writes; FAKE_AGENT_PROMPTS a file that gets a line for each
// prompt. Raw lines, so that it can break the protocol too.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const start = process.env.FAKE_AGENT_START ?? '';
const sessions = process.env.FAKE_AGENT_SESSIONS ?? 'none';
const sessionId = 'fake-session-1';
let cwd = process.cwd();
let nextId = 1;
const waiting = new Map();
let cancel = () => undefined;
const cancelled = new Promise((resolve) => (cancel = resolve));

const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const answer = (id, result) => send({ id, result });
const refuse = (id, code, message, data) => send({ id, error: { code, message, data } });
const update = (sessionUpdate, fields) =>
  send({ method: 'session/update', params: { sessionId, update: { sessionUpdate, ...fields } } });
const say = (text, messageId) =>
  update('agent_message_chunk', { content: { type: 'text', text }, messageId });
const ask = (method, params) => {
  const id = `agent-${nextId++}`;
  send({ id, method, params });
  return new Promise((resolve) => waiting.set(id, resolve));
};

const options = [
  { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
  { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
];
const askToWrite = (toolCall) =>
  ask('session/request_permission', { sessionId, toolCall, options });

/** A tool in a session of its own that ignores every polite signal, with a child that does not. */
async function startStubbornTool() {
  const script = `trap '' TERM HUP INT; sleep 600 & echo up; while :; do wait; sleep 1; done`;
  const tool = spawn('/bin/sh', ['-c', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((resolve) => tool.stdout.once('data', resolve));
  // So that we can leave without it.
  tool.stdout.destroy();
  tool.unref();
  update('tool_call', {
    toolCallId: 'tool',
    title: `run ${tool.pid}`,
    kind: 'execute',
    status: 'in_progress',
  });
}

async function writeWithPermission(path) {
  const toolCall = { toolCallId: 'write', title: `Write ${path}`, kind: 'edit', status: 'pending' };
  // As Gemini does: the question comes before any update tells of the tool.
  const result = await askToWrite({ ...toolCall, locations: [{ path }], rawInput: { path } });
  if (result?.outcome?.optionId !== 'yes') {
    update('tool_call_update', { toolCallId: 'write', status: 'failed' });
    return false;
  }
  mkdirSync(dirname(join(cwd, path)), { recursive: true });
  writeFileSync(join(cwd, path), 'written by the agent\n');
  const content = [{ type: 'diff', path, newText: 'written by the agent\n' }];
  update('tool_call_update', { toolCallId: 'write', status: 'completed', content });
  return true;
}

const behaviours = {
  async ok(id, prompt) {
    process.stdout.write('a log line that is no message\n');
    process.stderr.write('a log line where it belongs\n');
    update('agent_thought_chunk', { content: { type: 'text', text: 'thinking' } });
    for (const part of ['I will ', 'write ', 'it.']) say(part, 'm1');
    update('plan', { entries: [{ content: 'Write', priority: 'high', status: 'in_progress' }] });
    update('update_of_the_future', { anything: 1 });
    update('update_of_the_future', { anything: 2 });
    send({ method: '_vendor/extension', params: {} });
    await writeWithPermission(/write:(\S+)/.exec(prompt)?.[1] ?? 'hello.txt');
    update('usage_update', { used: 900, size: 1000, cost: { amount: 0.0123, currency: 'USD' } });
    say('Done.', 'm2');
    const usage = { totalTokens: 150, inputTokens: 30, outputTokens: 20, cachedReadTokens: 100 };
    answer(id, { stopReason: 'end_turn', usage });
  },
  async quota(id) {
    const quota = { token_count: { input_tokens: 7, output_tokens: 3 } };
    answer(id, { stopReason: 'end_turn', _meta: { quota } });
  },
  async weird(id) {
    answer(id, { stopReason: 'something_new' });
  },
  async full(id) {
    answer(id, { stopReason: 'max_tokens' });
  },
  async nonsense(id) {
    answer(id, { done: true });
  },
  async refuse(id) {
    answer(id, { stopReason: 'refusal' });
  },
  async auth(id) {
    refuse(id, -32000, 'Authentication required');
  },
  async limit(id) {
    refuse(id, 429, 'Too many requests');
  },
  /** As Claude does when its provider has too much to do. */
  async overloaded(id) {
    refuse(id, -32603, 'Internal error: API Error: Repeated 529 Overloaded errors. Try again.');
  },
  /** As Gemini does with a wrong key. */
  async key(id) {
    const error = { code: 400, message: 'API key not valid.', details: ['API_KEY_INVALID'] };
    refuse(id, 400, JSON.stringify({ error }));
  },
  async quota_data(id) {
    refuse(id, -32603, 'Internal error', { details: 'Rate limit reached. Try again in 20s.' });
  },
  /** As any agent may when its provider is out of reach. */
  async mute(id) {
    await cancelled;
    answer(id, { stopReason: 'cancelled' });
  },
  /** As Codex does: what it tells is no work. */
  async reconnecting(id) {
    const error = { message: 'Reconnecting... waiting for network', willRetry: true };
    const tell = () => update('session_info_update', { _meta: { codex: { error } } });
    const timer = setInterval(tell, 50);
    await cancelled;
    clearInterval(timer);
    answer(id, { stopReason: 'cancelled' });
  },
  async broken_line() {
    process.stderr.write('TypeError: fetch failed\n');
    process.exitCode = 1;
    setImmediate(() => process.exit());
  },
  async error(id) {
    refuse(id, -32603, 'Internal error', { details: 'the disk is on fire' });
  },
  async die() {
    say('I am ');
    process.stderr.write('fatal: out of cheese\n');
    process.exitCode = 3;
    setImmediate(() => process.exit());
  },
  /** Works for ever; stops when asked to. */
  async hang(id) {
    say('working');
    await cancelled;
    say(' and stopping');
    answer(id, { stopReason: 'cancelled' });
  },
  /** Talks for ever. */
  async chatter() {
    setInterval(() => say('and another thing '), 50);
  },
  /** Works for ever and hears nothing, neither the end of its input nor a signal. */
  async deaf() {
    process.on('SIGTERM', () => undefined);
    setInterval(() => undefined, 60_000);
    await startStubbornTool();
  },
  /** Stops when asked to and leaves its tool running. */
  async tool(id) {
    await startStubbornTool();
    await cancelled;
    answer(id, { stopReason: 'cancelled' });
  },
  /** Ends well and leaves its tool running. */
  async leak(id) {
    await startStubbornTool();
    answer(id, { stopReason: 'end_turn' });
  },
  async flood(id) {
    for (let n = 0; n < 5000; n++) update('tool_call', { toolCallId: `t${n}`, title: `call ${n}` });
    answer(id, { stopReason: 'end_turn' });
  },
  /** Tells something after its answer, as some agents do. */
  async late(id) {
    answer(id, { stopReason: 'end_turn' });
    say('one more thing');
  },
};

const requests = {
  initialize(id) {
    if (start === 'silent') return;
    const sessionCapabilities = sessions === 'resume' ? { resume: {} } : {};
    const loadSession = sessions === 'load' || sessions === 'broken';
    answer(id, {
      protocolVersion: start === 'version' ? 7 : 1,
      agentCapabilities: { loadSession, sessionCapabilities },
      agentInfo: { name: 'fake', version: '1.2.3' },
    });
  },
  'session/new'(id, params) {
    if (start === 'no-session') return;
    if (start === 'auth') return refuse(id, -32000, 'Authentication required');
    cwd = params.cwd;
    update('available_commands_update', { availableCommands: [] });
    answer(id, { sessionId, models: { currentModelId: 'fake-1', availableModels: [] } });
  },
  'session/load'(id, params) {
    if (sessions === 'broken') return refuse(id, -32603, 'Internal error');
    cwd = params.cwd;
    say('what I said before');
    answer(id, {});
    // As Gemini does: the rest of the repetition comes after the answer.
    setImmediate(() => say('and after that'));
  },
  'session/resume'(id, params) {
    cwd = params.cwd;
    answer(id, {});
  },
  'session/prompt'(id, params) {
    const prompt = params.prompt.map((block) => block.text ?? '').join('');
    const log = process.env.FAKE_AGENT_PROMPTS ?? '';
    if (log !== '') appendFileSync(log, `${process.env.RUNSHEET_RUN_ID}\n`);
    const behaviour = /behave:(\w+)/.exec(prompt)?.[1] ?? process.env.FAKE_AGENT_BEHAVIOUR ?? 'ok';
    void behaviours[behaviour](id, prompt);
  },
};

if (start === 'exit') {
  process.stderr.write('unknown option --acp\n');
  process.exit(64);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.method === 'session/cancel') cancel();
  else if (message.method !== undefined) requests[message.method]?.(message.id, message.params);
  else waiting.get(message.id)?.(message.result);
});
