import { troubleIn } from '../model/provider-trouble';
import type { ExitStatus } from '../platform/spawn';
import type { AgentOutcome, AgentTask, McpServer } from './agent';
import { codexEventSchema, type CodexEvent, type CodexItem } from './codex-events';
import { CodexUpdates, type CodexStep } from './codex-updates';
import type { HeadlessDialect, HeadlessRun, HeadlessStart } from './headless-agent';
import { HeadlessProgram, unexpectedEnd } from './headless-program';
import type { Conduct } from './supervised-run';
import { UsageTotals } from './usage-totals';
import { failedBy, VitalSigns } from './vital-signs';
import { within } from './waiting';
import type { Expiry } from './watchdog';

/** It writes its thread down before it leaves. */
const leaveMs = 6_000;

/** Codex without an adapter: `codex exec --json`, whose sandbox decides as there is nobody to ask. */
export const codexExec: HeadlessDialect = {
  startOf,
  conductOf: (run) => new CodexConduct(run),
};

/** Prompt and tokens are not among the arguments, which everybody sees in the list of processes. */
function startOf({ session, mcpServers = [] }: AgentTask): HeadlessStart {
  const options = ['--json', '--skip-git-repo-check'];
  const settings = mcpServers.flatMap((server, index) => settingsOf(server, tokenVariable(index)));
  const args = [...settings.flatMap((setting) => ['-c', setting]), 'exec'];
  if (session !== null) args.push('resume');
  args.push(...options, ...(session === null ? [] : [session]), '-');
  const tokens = mcpServers.map(({ token }, index) => [tokenVariable(index), token] as const);
  return { args, env: Object.fromEntries(tokens) };
}

function tokenVariable(index: number): string {
  return `RUNSHEET_MCP_TOKEN_${index}`;
}

/** What Runsheet gives it to use needs no approval, which nobody could give here. */
function settingsOf({ name, url }: McpServer, variable: string): string[] {
  const server = `mcp_servers.${name}`;
  return [
    `${server}.url=${JSON.stringify(url)}`,
    `${server}.bearer_token_env_var=${JSON.stringify(variable)}`,
    `${server}.default_tools_approval_mode="approve"`,
  ];
}

type TurnEnd = Extract<CodexEvent, { type: 'turn.completed' | 'turn.failed' }>;

class CodexConduct implements Conduct {
  /** Its input has ended already. */
  readonly graceMs = 0;
  private readonly program: HeadlessProgram;
  private readonly updates: CodexUpdates;
  private readonly usage = new UsageTotals();
  private readonly vitals: VitalSigns;
  private begin: (thread: string) => void = () => undefined;
  private conclude: (turn: TurnEnd) => void = () => undefined;
  private readonly began = new Promise<{ thread: string }>((resolve) => {
    this.begin = (thread) => resolve({ thread });
  });
  private readonly concluded = new Promise<{ turn: TurnEnd }>((resolve) => {
    this.conclude = (turn) => resolve({ turn });
  });

  constructor(private readonly run: HeadlessRun) {
    const { name, started, task, effects } = run;
    const vitals = new VitalSigns(name, started.watchdog, task.limits.silenceMs, effects.clock);
    this.vitals = vitals;
    this.updates = new CodexUpdates((event) => started.events.push(event));
    if (task.session !== null) this.usage.continueFrom(task.sessionUsage);
    const take = (line: unknown): void => this.take(line);
    this.program = new HeadlessProgram(started, effects.clock, take, (text) => vitals.hear(text));
  }

  async work(): Promise<AgentOutcome> {
    const { effects, task, host, started } = this.run;
    await this.handOver();
    const ended = this.program.ended().then((exit) => ({ exit }));
    const begins = Promise.race([this.began, ended]);
    const begun = await within(started.time, task.limits.startMs, begins);
    if (begun === null) return { kind: 'timed_out', which: 'start' };
    if ('exit' in begun) return this.death(begun.exit);
    await host.onReady({ version: null, model: null, session: begun.thread });
    const end = await Promise.race([this.concluded, ended]);
    if ('exit' in end) return this.death(end.exit);
    await within(effects.clock, leaveMs, ended);
    return this.outcomeOf(end.turn);
  }

  expired(which: Expiry): AgentOutcome | null {
    return this.vitals.expired(which);
  }

  /** There is nobody to talk to: it is ended by signals. */
  cancel(): Promise<void> {
    return Promise.resolve();
  }

  async finish(): Promise<void> {
    await this.program.finish();
  }

  /**
   * Codex gets the prompt before it names its thread. That is written down first, so that a crash
   * in between does not look as if nothing had been sent.
   */
  private async handOver(): Promise<void> {
    const { prompt, followUp, session } = this.run.task;
    await this.run.host.onEvent({ type: 'notice', text: `${this.run.name} was given the prompt.` });
    this.vitals.begin();
    this.run.started.child.stdin.end(session === null ? prompt : (followUp ?? prompt));
  }

  private take(line: unknown): void {
    const event = codexEventSchema.safeParse(line).data;
    switch (event?.type) {
      case 'thread.started': {
        this.begin(event.thread_id);
        break;
      }
      case 'item.started':
      case 'item.updated':
      case 'item.completed': {
        this.takeItem(event.type, event.item);
        return;
      }
      case 'turn.completed':
      case 'turn.failed': {
        this.takeEnd(event);
        return;
      }
      case 'error': {
        // Not the end: it looks for its provider for ever.
        this.run.started.events.push({ type: 'notice', text: event.message });
        this.vitals.hear(event.message);
        return;
      }
      case 'turn.started':
      case undefined:
    }
    this.vitals.other();
  }

  private takeItem(step: CodexStep, item: CodexItem | null): void {
    if (item === null || item.type === 'error') this.vitals.other();
    else this.vitals.work();
    if (item !== null) this.updates.take(step, item);
  }

  private takeEnd(turn: TurnEnd): void {
    if (turn.type === 'turn.completed') {
      const { input_tokens: tokensIn, output_tokens: tokensOut } = turn.usage ?? {};
      const isNew = this.usage.addSession({ tokensIn, tokensOut });
      if (isNew) this.run.started.events.push({ type: 'usage', usage: this.usage.current });
    }
    this.conclude(turn);
  }

  private outcomeOf(turn: TurnEnd): AgentOutcome {
    if (turn.type === 'turn.completed') {
      const permissionDenials = this.updates.denials;
      return { kind: 'completed', stopReason: 'end_turn', permissionDenials };
    }
    const words = turn.error.message;
    const message = `${this.run.name} answered: ${words}`;
    const trouble = troubleIn(words, this.run.effects.clock.now());
    if (trouble !== null) return failedBy(trouble, message);
    return { kind: 'failed', code: 'exit_code', message, exitCode: null };
  }

  private death(exit: ExitStatus): AgentOutcome {
    const { lastWords } = this.program;
    if (lastWords.includes('thread/resume failed')) this.run.sessionIsGone();
    return unexpectedEnd(this.run.name, exit, lastWords, this.vitals.heard);
  }
}
