import type { AgentHost, AgentOutcome, AgentTask, Usage } from '../../../src/agents/agent';
import type { CheckContext, CheckResult } from '../../../src/checks/check';
import type { Validator } from '../../../src/model/validator';
import { aborted, checkResult, completed } from '../fake-agent';
import type { FakeClock } from '../fake-clock';
import type { RunsWorld } from '../runs-world';

/** A number in [0, 1) that the seed and the words decide. */
export function roll(seed: number, ...words: readonly (string | number)[]): number {
  let hash = 2166136261 ^ seed;
  for (const char of words.join('/')) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

/** Rows of a table: how often, and what then. The first whose share is not used up is taken. */
function choose<T>(at: number, table: readonly (readonly [share: number, value: T])[]): T {
  const total = table.reduce((sum, [share]) => sum + share, 0);
  let left = at * total;
  for (const [share, value] of table) {
    if (left < share) return value;
    left -= share;
  }
  throw new Error('no row is left');
}

type Behaviour = (work: Work) => Promise<AgentOutcome>;
interface Work {
  task: AgentTask;
  host: AgentHost;
  signal: AbortSignal;
  /** A number in [0, 1) of this run's own. */
  dice: number;
}

/** How an agent really ended. */
export interface AgentEnd {
  outcome: AgentOutcome;
  denials: number;
}

/** What was really done and answered, seen from outside of the product. */
export interface Witness {
  /** How the agent of a run ended, by run id; a run without an agent is not here. */
  agents: Map<string, AgentEnd>;
  checks: { runId: string; directory: string; command: string; outcome: string }[];
}

/** Agents and checks that fail as the seed says, until they are calmed. */
export class Chaos {
  readonly witness: Witness = { agents: new Map(), checks: [] };
  calm = false;
  private asked = 0;

  constructor(
    private readonly seed: number,
    private readonly world: RunsWorld,
  ) {}

  /** New behaviour goes into the table; nothing else has to know of it. */
  private readonly behaviours: readonly (readonly [share: number, behaviour: Behaviour])[] = [
    [44, async () => completed],
    [16, (work) => this.slow(work)],
    [10, async () => failed('exit_code', 'It fell over.')],
    [4, async () => failed('rate_limit', 'You have hit your limit.')],
    [3, async () => failed('network', 'The provider cannot be reached.')],
    [2, async () => failed('authentication', 'Please run /login')],
    [3, async () => failed('launch', 'It does not start.')],
    [4, (work) => this.troubledWords(work)],
    [3, async () => ({ kind: 'timed_out', which: 'total' })],
    [3, async () => ({ kind: 'timed_out', which: 'silence' })],
    [5, (work) => this.asks(work)],
    [5, (work) => this.spends(work)],
  ];

  /** Takes charge of what the subtask's agent does. */
  script(key: string): void {
    let ran = 0;
    this.world.agent.script(key, async (task, host, signal) => {
      ran += 1;
      const dice = roll(this.seed, 'agent', key, ran);
      const behaviour = this.calm ? async () => completed : choose(dice, this.behaviours);
      const own = { task, host, signal, dice: roll(this.seed, 'more', key, ran) };
      const outcome = signal.aborted ? cancelled : await behaviour(own);
      const denials = outcome.kind === 'completed' ? outcome.permissionDenials : 0;
      this.witness.agents.set(task.runId, { outcome, denials });
      return outcome;
    });
  }

  async check(validator: Validator, context: CheckContext): Promise<CheckResult> {
    this.asked += 1;
    const { run_id: runId = '' } = context.values;
    const command = validator.type === 'test_pass' ? String(validator.config.command) : '';
    const dice = roll(this.seed, 'check', command, this.asked);
    if (!this.calm && dice > 0.9) await pass(this.world.clock, 1 + dice * 60_000, context.signal);
    const outcome = context.signal.aborted
      ? 'skipped'
      : this.calm
        ? 'passed'
        : choose(dice, [
            [78, 'passed' as const],
            [18, 'failed' as const],
            [4, 'error' as const],
          ]);
    this.witness.checks.push({ runId, directory: context.directory, command, outcome });
    return checkResult(outcome, `${command} ${outcome}.`);
  }

  private async slow({ signal, dice }: Work): Promise<AgentOutcome> {
    await pass(this.world.clock, dice * 400_000, signal);
    return signal.aborted ? cancelled : completed;
  }

  /** Trouble of the provider inside of what looks like an answer. */
  private async troubledWords({ task, host }: Work): Promise<AgentOutcome> {
    const text = 'API Error: 401 Please run /login';
    this.world.repository.branch.worktreeOf(task.subtaskId).changed = [];
    await host.onEvent({ type: 'message', role: 'assistant', text });
    return completed;
  }

  private async asks({ host, signal }: Work): Promise<AgentOutcome> {
    const options = [
      { id: 'yes', name: 'Allow', kind: 'allow_once' as const },
      { id: 'no', name: 'Reject', kind: 'reject_once' as const },
    ];
    const call = {
      ...{ name: 'Bash', kind: 'execute', title: 'ls', input: { command: 'ls' }, locations: [] },
    };
    const question = { toolName: 'Bash', summary: 'Run ls', call, options };
    const answer = await host.onPermission(question, signal);
    if (signal.aborted) return cancelled;
    const permissionDenials = answer === 'yes' ? 0 : 1;
    return { kind: 'completed', stopReason: 'end_turn', permissionDenials };
  }

  private async spends({ host, signal, dice }: Work): Promise<AgentOutcome> {
    for (let step = 1; step <= 4 && !signal.aborted; step += 1) {
      const tokens = Math.round(step * dice * 400);
      const usage: Usage = { tokensIn: tokens, tokensOut: step, costMicros: step * 7, turns: step };
      await host.onEvent({ type: 'usage', usage });
      await pass(this.world.clock, 1000, signal);
    }
    return signal.aborted ? cancelled : completed;
  }
}

const cancelled: AgentOutcome = { kind: 'cancelled' };

function failed(
  code: Extract<AgentOutcome, { kind: 'failed' }>['code'],
  message: string,
): AgentOutcome {
  return { kind: 'failed', code, message, exitCode: null };
}

/** Until the clock has moved so far, or somebody stops it. */
async function pass(clock: FakeClock, ms: number, signal: AbortSignal): Promise<void> {
  let timer: Disposable | null = null;
  const over = new Promise<void>((resolve) => (timer = clock.after(ms, resolve)));
  await Promise.race([over, aborted(signal)]);
  (timer as Disposable | null)?.[Symbol.dispose]();
}
