import { troubleIn, type ProviderTrouble } from '../model/provider-trouble';
import type { ExitStatus } from '../platform/spawn';
import type { AgentOutcome, AgentTask } from './agent';
import { codexEventSchema, type CodexEvent } from './codex-events';
import { CodexUpdates } from './codex-updates';
import type { HeadlessDialect, HeadlessRun } from './headless-agent';
import { HeadlessProgram, unexpectedEnd } from './headless-program';
import type { Conduct } from './supervised-run';
import { UsageTotals } from './usage-totals';
import { within } from './waiting';

/** It writes its thread down before it leaves. */
const leaveMs = 6_000;
/** It looks for its provider for ever; so long it may do so without anything else. */
const troubleMs = 60_000;

/** Codex without an adapter: `codex exec --json`, whose sandbox decides as there is nobody to ask. */
export const codexExec: HeadlessDialect = { argsFor, conductOf: (run) => new CodexConduct(run) };

/** The prompt comes by its input: an argument would be seen in the list of processes. */
function argsFor({ session }: AgentTask): string[] {
  const options = ['--json', '--skip-git-repo-check'];
  return session === null
    ? ['exec', ...options, '-']
    : ['exec', 'resume', ...options, session, '-'];
}

type TurnEnd = Extract<CodexEvent, { type: 'turn.completed' | 'turn.failed' }>;

class CodexConduct implements Conduct {
  /** Its input has ended already. */
  readonly graceMs = 0;
  private readonly program: HeadlessProgram;
  private readonly updates: CodexUpdates;
  private readonly usage = new UsageTotals();
  private lastingTrouble: Disposable | null = null;
  private begin: (thread: string) => void = () => undefined;
  private conclude: (end: { turn: TurnEnd } | { trouble: string }) => void = () => undefined;
  private readonly began = new Promise<{ thread: string }>((resolve) => {
    this.begin = (thread) => resolve({ thread });
  });
  private readonly concluded = new Promise<{ turn: TurnEnd } | { trouble: string }>((resolve) => {
    this.conclude = resolve;
  });

  constructor(private readonly run: HeadlessRun) {
    const { started, task, effects } = run;
    this.updates = new CodexUpdates((event) => started.events.push(event));
    if (task.session !== null) this.usage.continueFrom(task.sessionUsage);
    this.program = new HeadlessProgram(started, effects.clock, (line) => this.take(line));
  }

  async work(): Promise<AgentOutcome> {
    const { effects, task, host, started } = this.run;
    const { clock } = effects;
    await this.handOver();
    const ended = this.program.ended().then((exit) => ({ exit }));
    const begun = await within(clock, task.limits.startMs, Promise.race([this.began, ended]));
    if (begun === null) return { kind: 'timed_out', which: 'start' };
    if ('exit' in begun) return this.death(begun.exit);
    await host.onReady({ version: null, model: null, session: begun.thread });
    started.watchdog.start();
    const end = await Promise.race([this.concluded, ended]);
    if ('exit' in end) return this.death(end.exit);
    if ('trouble' in end) return this.failed(end.trouble);
    await within(clock, leaveMs, ended);
    return this.outcomeOf(end.turn);
  }

  /** There is nobody to talk to: it is ended by signals. */
  cancel(): Promise<void> {
    return Promise.resolve();
  }

  async finish(): Promise<void> {
    this.troubleIsOver();
    await this.program.finish();
  }

  /**
   * Codex gets the prompt before it names its thread. That is written down first, so that a crash
   * in between does not look as if nothing had been sent.
   */
  private async handOver(): Promise<void> {
    const { prompt, followUp, session } = this.run.task;
    await this.run.host.onEvent({ type: 'notice', text: `${this.run.name} was given the prompt.` });
    this.run.started.child.stdin.end(session === null ? prompt : (followUp ?? prompt));
  }

  private take(line: unknown): void {
    const event = codexEventSchema.safeParse(line).data;
    if (event?.type === 'error') {
      this.takeError(event.message);
      return;
    }
    this.run.started.watchdog.touch();
    this.troubleIsOver();
    if (event !== undefined) this.takeEvent(event);
  }

  private takeEvent(event: Exclude<CodexEvent, { type: 'error' }>): void {
    switch (event.type) {
      case 'thread.started': {
        this.begin(event.thread_id);
        return;
      }
      case 'turn.started':
        return;
      case 'turn.completed': {
        const { input_tokens: tokensIn, output_tokens: tokensOut } = event.usage ?? {};
        if (this.usage.addSession({ tokensIn, tokensOut })) {
          this.run.started.events.push({ type: 'usage', usage: this.usage.current });
        }
        this.conclude({ turn: event });
        return;
      }
      case 'turn.failed': {
        this.conclude({ turn: event });
        return;
      }
      default:
        if (event.item !== null) this.updates.take(event.type, event.item);
    }
  }

  /** No sign of life, and not yet the end: it may find its provider again. */
  private takeError(message: string): void {
    this.run.started.events.push({ type: 'notice', text: message });
    if (this.troubleIn(message) === null) return;
    this.lastingTrouble ??= this.run.effects.clock.after(troubleMs, () => {
      this.conclude({ trouble: message });
    });
  }

  private troubleIsOver(): void {
    this.lastingTrouble?.[Symbol.dispose]();
    this.lastingTrouble = null;
  }

  private outcomeOf(turn: TurnEnd): AgentOutcome {
    if (turn.type === 'turn.failed') return this.failed(turn.error.message);
    const permissionDenials = this.updates.denials;
    return { kind: 'completed', stopReason: 'end_turn', permissionDenials };
  }

  private failed(words: string): AgentOutcome {
    const trouble = this.troubleIn(words);
    return {
      kind: 'failed',
      code: trouble?.kind ?? 'exit_code',
      message: `${this.run.name} answered: ${words}`,
      exitCode: null,
      retryAfterMs: trouble?.retryAfterMs ?? undefined,
    };
  }

  private death(exit: ExitStatus): AgentOutcome {
    const { lastWords } = this.program;
    if (lastWords.includes('thread/resume failed')) this.run.sessionIsGone();
    return unexpectedEnd(this.run.name, exit, lastWords, this.run.effects.clock.now());
  }

  private troubleIn(words: string): ProviderTrouble | null {
    return troubleIn(words, this.run.effects.clock.now());
  }
}
