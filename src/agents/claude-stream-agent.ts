import type { ExitStatus } from '../platform/spawn';
import type { AgentOutcome, AgentTask } from './agent';
import { ClaudeDialogue } from './claude-dialogue';
import type { ClaudeResult } from './claude-messages';
import { isUnknownSession } from './claude-result';
import type { HeadlessDialect, HeadlessRun } from './headless-agent';
import { HeadlessProgram, unexpectedEnd } from './headless-program';
import type { Conduct } from './supervised-run';
import { VitalSigns } from './vital-signs';
import { within } from './waiting';
import type { Expiry } from './watchdog';

/** It writes its session down when its input ends. */
const graceMs = 6_000;

/** Claude Code without an adapter: `claude -p` with JSON lines in both directions. */
export const claudeStream: HeadlessDialect = {
  startOf: (task) => ({ args: argsFor(task), env: {} }),
  conductOf: (run) => new ClaudeConduct(run),
};

/** A new session has the run's id, so that it is known before the prompt is sent. */
function argsFor(task: AgentTask): string[] {
  const session = task.session === null ? ['--session-id', task.runId] : ['--resume', task.session];
  const lines = ['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];
  // Nobody could answer the questions of that tool here.
  const questions = ['--permission-prompt-tool', 'stdio', '--disallowedTools', 'AskUserQuestion'];
  return ['-p', ...lines, ...questions, ...session];
}

class ClaudeConduct implements Conduct {
  readonly graceMs = graceMs;
  private readonly vitals: VitalSigns;
  private readonly program: HeadlessProgram;
  private readonly dialogue: ClaudeDialogue;

  constructor(private readonly run: HeadlessRun) {
    const { name, started, task, effects } = run;
    const { clock } = effects;
    const vitals = new VitalSigns(name, started.watchdog, task.limits.silenceMs, clock);
    const take = (line: unknown): void => this.dialogue.take(line);
    this.vitals = vitals;
    this.program = new HeadlessProgram(started, clock, take, (text) => vitals.hear(text));
    this.dialogue = new ClaudeDialogue(run, vitals, (message) => this.program.send(message));
  }

  async work(): Promise<AgentOutcome> {
    const { task, host, started } = this.run;
    const ended = this.program.ended().then((exit) => ({ exit }));
    const opened = Promise.race([this.dialogue.open(), ended]);
    const first = await within(started.time, task.limits.startMs, opened);
    if (first === null) return { kind: 'timed_out', which: 'start' };
    if (!('ready' in first)) return this.outcomeOf(first);
    await host.onReady({ ...first.ready, session: task.session ?? task.runId });
    this.vitals.begin();
    return this.outcomeOf(await Promise.race([this.dialogue.prompt(), ended]));
  }

  expired(which: Expiry): AgentOutcome | null {
    return this.vitals.expired(which);
  }

  cancel(): Promise<void> {
    return this.dialogue.cancel();
  }

  async finish(): Promise<void> {
    await this.program.finish();
    await this.dialogue.finish();
  }

  private outcomeOf(end: { result: ClaudeResult } | { exit: ExitStatus }): AgentOutcome {
    const { name, sessionIsGone } = this.run;
    if ('exit' in end) {
      return unexpectedEnd(name, end.exit, this.program.lastWords, this.vitals.heard);
    }
    if (isUnknownSession(end.result)) sessionIsGone();
    return this.dialogue.outcome(end.result);
  }
}
