import type { ExitStatus } from '../platform/spawn';
import type { AgentOutcome, AgentTask } from './agent';
import { ClaudeDialogue } from './claude-dialogue';
import type { ClaudeResult } from './claude-messages';
import { isUnknownSession } from './claude-result';
import type { HeadlessDialect, HeadlessRun } from './headless-agent';
import { HeadlessProgram, unexpectedEnd } from './headless-program';
import type { Conduct } from './supervised-run';
import { within } from './waiting';

/** It writes its session down when its input ends. */
const graceMs = 6_000;

/** Claude Code without an adapter: `claude -p` with JSON lines in both directions. */
export const claudeStream: HeadlessDialect = {
  argsFor,
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
  private readonly program: HeadlessProgram;
  private readonly dialogue: ClaudeDialogue;

  constructor(private readonly run: HeadlessRun) {
    const { clock } = run.effects;
    this.program = new HeadlessProgram(run.started, clock, (line) => this.dialogue.take(line));
    this.dialogue = new ClaudeDialogue(run, (message) => this.program.send(message));
  }

  async work(): Promise<AgentOutcome> {
    const { task, host, started, effects } = this.run;
    const ended = this.program.ended().then((exit) => ({ exit }));
    const opened = Promise.race([this.dialogue.open(), ended]);
    const first = await within(effects.clock, task.limits.startMs, opened);
    if (first === null) return { kind: 'timed_out', which: 'start' };
    if (!('ready' in first)) return this.outcomeOf(first);
    await host.onReady({ ...first.ready, session: task.session ?? task.runId });
    started.watchdog.start();
    return this.outcomeOf(await Promise.race([this.dialogue.prompt(), ended]));
  }

  cancel(): Promise<void> {
    return this.dialogue.cancel();
  }

  async finish(): Promise<void> {
    await this.program.finish();
    await this.dialogue.finish();
  }

  private outcomeOf(end: { result: ClaudeResult } | { exit: ExitStatus }): AgentOutcome {
    const { name, effects, sessionIsGone } = this.run;
    if ('exit' in end) {
      return unexpectedEnd(name, end.exit, this.program.lastWords, effects.clock.now());
    }
    if (isUnknownSession(end.result)) sessionIsGone();
    return this.dialogue.outcome(end.result);
  }
}
