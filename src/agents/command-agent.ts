import { join } from 'node:path';
import { startOf } from '../platform/shell';
import { troubleIn, type ProviderTrouble } from '../model/provider-trouble';
import { displayCommand } from '../model/validator';
import type { Agent, AgentDefinition, AgentHost, AgentOutcome, AgentTask } from './agent';
import { childEnvironment } from './environment';
import { OutputBatch } from './output-batch';
import {
  launchFailure,
  messageOf,
  superviseRun,
  type AgentEffects,
  type Conduct,
  type LaunchFailure,
  type StartedProgram,
} from './supervised-run';
import { mostWaiting, readChunks } from './read-chunks';
import { TextTail } from './text-lines';
import { failedBy } from './vital-signs';
import { within } from './waiting';

const lastWordsMs = 500;

/**
 * An agent that is any program: it reads the prompt from its input or from the file named by
 * `RUNSHEET_PROMPT_FILE` and the subtask from the JSON file named by `RUNSHEET_SUBTASK_FILE`, works
 * in the current folder, and says by exit code 0 that it is done.
 */
export class CommandAgent implements Agent {
  constructor(
    private readonly definition: AgentDefinition,
    private readonly effects: AgentEffects,
  ) {}

  async run(task: AgentTask, host: AgentHost, signal: AbortSignal): Promise<AgentOutcome> {
    const { definition, effects } = this;
    const text = task.command ?? [definition.program, ...definition.args];
    if (text[0] === '') return launchFailure('launch', 'The subtask has no command to run.');
    const files = await writeTaskFiles(task, effects);
    if ('kind' in files) return files;
    const env = childEnvironment(effects.environment, task.runId, definition.inherit, {
      ...definition.env,
      ...files,
      RUNSHEET_SUBTASK_ID: task.subtaskId,
      RUNSHEET_WORKTREE: task.worktree,
    });
    const command = { ...startOf(text, env), cwd: task.worktree, env };
    const program = { command, install: definition.install };
    return superviseRun(program, task, host, signal, effects, (started) => {
      return new CommandConduct(started, task, displayCommand(text), effects, host);
    });
  }
}

class CommandConduct implements Conduct {
  /** Commands do not take the end of their input as a sign to leave. */
  readonly graceMs = 0;
  private readonly errors = new TextTail();
  private readonly output = new TextTail();
  private readonly reading: Promise<unknown>;

  constructor(
    private readonly started: StartedProgram,
    private readonly task: AgentTask,
    private readonly name: string,
    private readonly effects: AgentEffects,
    private readonly host: AgentHost,
  ) {
    this.reading = Promise.all([this.read('stdout'), this.read('stderr')]);
  }

  async work(): Promise<AgentOutcome> {
    const { child, watchdog } = this.started;
    await this.host.onReady({ version: null, model: null, session: null });
    watchdog.start();
    child.stdin.end(this.task.prompt);
    const { code, signal } = await child.ended;
    await within(this.effects.clock, lastWordsMs, child.exited);
    if (code === 0) return { kind: 'completed', stopReason: 'exit', permissionDenials: 0 };
    const how =
      code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with exit code ${code}`;
    const message = `${this.name} ${how}.${this.errors.text()}`;
    const trouble = this.trouble();
    if (trouble !== null) return failedBy(trouble, message, code);
    return { kind: 'failed', code: 'exit_code', message, exitCode: code };
  }

  /** A subtask's own command has no provider: what it prints is about its task. */
  private trouble(): ProviderTrouble | null {
    if (this.task.command !== null) return null;
    const now = this.effects.clock.now();
    return troubleIn(this.errors.text(), now) ?? troubleIn(this.output.text(), now);
  }

  cancel(): Promise<void> {
    return Promise.resolve();
  }

  async finish(): Promise<void> {
    await this.reading;
  }

  private async read(stream: 'stdout' | 'stderr'): Promise<void> {
    const { child, events, watchdog } = this.started;
    const batch = new OutputBatch(stream, events, this.effects.clock);
    const keep = (lines: string[]): void => {
      (stream === 'stderr' ? this.errors : this.output).add(lines);
    };
    await readChunks(child[stream], async (chunk) => {
      watchdog.touch();
      keep(batch.add(chunk));
      await events.room(mostWaiting);
    });
    keep(batch.end());
  }
}

type TaskFiles = Record<'RUNSHEET_PROMPT_FILE' | 'RUNSHEET_SUBTASK_FILE', string>;

/** Writes the prompt and the subtask beside the worktree; gives the variables that name them. */
async function writeTaskFiles(
  task: AgentTask,
  { files }: AgentEffects,
): Promise<TaskFiles | LaunchFailure> {
  const prompt = join(task.scratchDirectory, 'prompt.md');
  const subtask = join(task.scratchDirectory, 'subtask.json');
  try {
    await files.makeDirectory(task.scratchDirectory);
    await files.write(prompt, Buffer.from(task.prompt));
    await files.write(subtask, Buffer.from(task.subtaskJson));
  } catch (error) {
    return launchFailure('launch', `The prompt could not be written: ${messageOf(error)}.`);
  }
  return { RUNSHEET_PROMPT_FILE: prompt, RUNSHEET_SUBTASK_FILE: subtask };
}
