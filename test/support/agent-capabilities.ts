import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { createAgent } from '../../src/agents/agents';
import type { AgentOutcome, AgentTask, PermissionOption } from '../../src/agents/agent';
import { TestMcpServer } from './mcp-server';
import { endProcess, processesMarked, type MarkedProcess } from './owned-process';
import { letAMinutePass, prepareRealAgent, type RealAgent, type RealAgentName } from './real-agent';
import { agentTask, RecordingHost, systemEffects } from './recording-host';
import { inTurn, once, type ModelScript } from './scripted-model';
import { withTemporaryFolder } from './temporary-folder';

/** What one run of the agent shows at once. */
export interface ShortCapabilities {
  version: string;
  /** Whether it asks before it writes a file. */
  asks: 'yes' | 'no';
  /** Whether it uses the tool of an MCP server over HTTP that it is given. */
  mcp: 'yes' | 'yes, asks' | 'no';
  tokens: 'all' | 'of the last answer' | 'not told';
  cost: 'USD' | 'not told';
}

/** What it takes more runs to find out. */
export interface Capabilities extends ShortCapabilities {
  /** What is left of an edit that the person rejected. */
  rejected: 'nothing' | 'the edit' | '–';
  /** What runs on when a run is stopped in the middle of a tool. */
  stopped: 'nothing' | 'something';
  /** What runs on when its own process was killed in the middle of a tool. */
  killed: 'nothing' | 'something';
  /** Whether it goes on with a conversation in another process. */
  resumes: 'yes' | 'no';
  /** Whether it goes on with a conversation in which its process was killed. */
  resumesKilled: 'yes' | 'no';
  /** Whether a run that continues a conversation counts only what it used itself. */
  continuedUsage: 'its own' | 'not told' | 'wrong';
}

const writeHello = { kind: 'write', path: 'hello.txt', content: 'hi\n' } as const;
const takeNote = { kind: 'mcp', tool: 'take_note', input: { text: 'hi' } } as const;
// The shell that the tool runs in ignores every polite signal.
const hang = `sh -c "trap '' TERM HUP INT; echo started > started.txt; tail -f /dev/null"`;

const prompt = 'Create hello.txt';
const followUp = 'And now?';

interface Attempt {
  outcome: AgentOutcome;
  host: RecordingHost;
  /** Whether something of the run was still alive at its end. */
  left: boolean;
}

interface Bench {
  real: RealAgent;
  folder: string;
  run: (
    host: RecordingHost,
    changes?: Partial<AgentTask>,
    signal?: AbortSignal,
  ) => Promise<Attempt>;
}

/** An agent in a home and a folder of its own, with a model that follows the script. */
async function withBench<T>(
  name: RealAgentName,
  script: ModelScript,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const real = await prepareRealAgent(name, script);
  const agent = createAgent(real.definition, systemEffects(real.env));
  try {
    return await withTemporaryFolder((folder) => {
      const run: Bench['run'] = async (host, changes = {}, signal = never()) => {
        const task = agentTask(folder, { prompt, ...changes });
        const outcome = await agent.run(task, host, signal);
        const left = processesMarked('RUNSHEET_RUN_ID', task.runId).length > 0;
        return { outcome, host, left };
      };
      return work({ real, folder, run });
    });
  } finally {
    await real.close();
  }
}

/** One run in which a file is written and a tool of an MCP server is used. */
export async function measureShort(name: RealAgentName): Promise<ShortCapabilities> {
  const mcp = await TestMcpServer.start();
  try {
    return await withBench(name, inTurn(writeHello, takeNote), async ({ real, folder, run }) => {
      const before: boolean[] = [];
      const host = new RecordingHost(({ options }) => {
        before.push(!existsSync(join(folder, 'hello.txt')));
        return choose(options, 'allow_once');
      });
      const { outcome } = await run(host, { mcpServers: [mcp.address] });
      if (outcome.kind !== 'completed') throw new Error(JSON.stringify(outcome));
      const asksForTool = before.includes(false);
      return {
        version: host.ready?.version ?? real.packageVersion,
        asks: before.includes(true) ? 'yes' : 'no',
        mcp: mcp.notes.length === 0 ? 'no' : asksForTool ? 'yes, asks' : 'yes',
        ...figuresOf(host, real.model.requests.length),
      };
    });
  } finally {
    await mcp.close();
  }
}

export async function measure(name: RealAgentName): Promise<Capabilities> {
  const short = await measureShort(name);
  const rejected = short.asks === 'yes' ? await measureRejection(name) : '–';
  const stopped = await measureStop(name);
  const continued = await measureContinuation(name);
  const killed = await measureKill(name);
  return { ...short, rejected, stopped, ...continued, ...killed };
}

/** Each answer of the model takes 100 tokens in and 20 out. */
function figuresOf(
  host: RecordingHost,
  answers: number,
): Pick<ShortCapabilities, 'tokens' | 'cost'> {
  const { tokensIn = 0, costMicros = null } = host.of('usage').at(-1)?.usage ?? {};
  const isAll = tokensIn === 100 * answers;
  const tokens = isAll ? 'all' : tokensIn === 100 ? 'of the last answer' : 'not told';
  return { tokens, cost: costMicros === null ? 'not told' : 'USD' };
}

function measureRejection(name: RealAgentName): Promise<Capabilities['rejected']> {
  return withBench(name, once(writeHello), async ({ folder, run }) => {
    const { outcome } = await run(answering('reject_once'));
    const isCounted = outcome.kind === 'completed' && outcome.permissionDenials === 1;
    if (!isCounted) throw new Error(`the rejection was not counted: ${JSON.stringify(outcome)}`);
    return existsSync(join(folder, 'hello.txt')) ? 'the edit' : 'nothing';
  });
}

function measureStop(name: RealAgentName): Promise<Capabilities['stopped']> {
  return withBench(name, once({ kind: 'shell', command: hang }), async ({ folder, run }) => {
    const controller = new AbortController();
    const started = appears(folder, 'started.txt');
    const running = run(answering('allow_once'), {}, controller.signal);
    await Promise.race([started, running]);
    controller.abort();
    const { outcome, left } = await running;
    if (outcome.kind !== 'cancelled') throw new Error(JSON.stringify(outcome));
    return left ? 'something' : 'nothing';
  });
}

function measureContinuation(
  name: RealAgentName,
): Promise<Pick<Capabilities, 'resumes' | 'continuedUsage'>> {
  return withBench(name, once(writeHello), async ({ real, run }) => {
    const first = await run(answering('allow_once'));
    if (name === 'gemini') await letAMinutePass(real.home);
    real.model.script = () => ({ kind: 'say', text: 'Still here.' });
    const before = first.host.of('usage').at(-1)?.usage ?? null;
    const session = first.host.ready?.session ?? null;
    const { host } = await run(answering('allow_once'), {
      session,
      followUp,
      sessionUsage: before,
    });
    const usage = host.of('usage').at(-1)?.usage;
    const isOwn =
      usage?.tokensIn === 100 &&
      usage.tokensOut === 20 &&
      (usage.costMicros ?? 0) <= (before?.costMicros ?? 0);
    return {
      resumes: remembers(real) ? 'yes' : 'no',
      continuedUsage: usage === undefined ? 'not told' : isOwn ? 'its own' : 'wrong',
    };
  });
}

function measureKill(name: RealAgentName): Promise<Pick<Capabilities, 'killed' | 'resumesKilled'>> {
  return withBench(name, once({ kind: 'shell', command: hang }), async ({ real, folder, run }) => {
    const started = appears(folder, 'started.txt');
    const host = answering('allow_once');
    const running = run(host);
    await Promise.race([started, running]);
    for (const { pid } of programs(real, host)) endProcess(pid);
    const { left, outcome } = await running;
    if (outcome.kind !== 'failed') throw new Error(JSON.stringify(outcome));
    if (name === 'gemini') await letAMinutePass(real.home);
    real.model.script = () => ({ kind: 'say', text: 'Still here.' });
    const session = host.ready?.session ?? null;
    await run(answering('allow_once'), { session, followUp });
    const killed = left ? 'something' : 'nothing';
    return { killed, resumesKilled: remembers(real) ? 'yes' : 'no' };
  });
}

/** The agent's own processes, of which some have two; its tools are others. */
function programs({ definition }: RealAgent, host: RecordingHost): MarkedProcess[] {
  const { program, args } = definition;
  const path = program === process.execPath ? (args[0] ?? '') : program;
  const marked = processesMarked('RUNSHEET_RUN_ID', host.processes[0]?.marker ?? '');
  return marked.filter(({ command }) => command.includes(path));
}

/** Whether what the model was told last has the earlier prompt, too. */
function remembers({ model }: RealAgent): boolean {
  const said = model.requests.at(-1)?.said ?? [];
  return said.at(-1)?.includes(followUp) === true && said.some((text) => text.includes(prompt));
}

function answering(kind: PermissionOption['kind']): RecordingHost {
  return new RecordingHost(({ options }) => choose(options, kind));
}

function choose(options: PermissionOption[], kind: PermissionOption['kind']): string | null {
  return options.find((option) => option.kind === kind)?.id ?? null;
}

function never(): AbortSignal {
  return new AbortController().signal;
}

/** Resolves when a file of this name appears in the folder. */
export function appears(folder: string, name: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(folder, (_event, changed) => {
      if (changed !== name) return;
      watcher.close();
      resolve();
    });
  });
}
