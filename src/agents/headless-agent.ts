import type { Agent, AgentDefinition, AgentHost, AgentOutcome, AgentTask } from './agent';
import { childEnvironment } from './environment';
import {
  superviseRun,
  type AgentEffects,
  type Conduct,
  type StartedProgram,
} from './supervised-run';

/** What the conduct of one attempt works with. */
export interface HeadlessRun {
  started: StartedProgram;
  task: AgentTask;
  host: AgentHost;
  effects: AgentEffects;
  /** The agent's name for people. */
  name: string;
  /** To be called when the agent does not know the session that was to be continued. */
  sessionIsGone: () => void;
}

/** What the start of a program needs beside the agent's definition. */
export interface HeadlessStart {
  /** They follow the definition's own. */
  args: string[];
  env: Record<string, string>;
}

/** One program's own way to be used without a terminal. */
export interface HeadlessDialect {
  startOf(task: AgentTask): HeadlessStart;
  conductOf(run: HeadlessRun): Conduct;
}

/** An agent whose program is started with its session as an argument and ends with its turn. */
export class HeadlessAgent implements Agent {
  constructor(
    private readonly definition: AgentDefinition,
    private readonly effects: AgentEffects,
    private readonly dialect: HeadlessDialect,
  ) {}

  /** Where the earlier session is gone, a second process starts anew with the whole prompt. */
  async run(task: AgentTask, host: AgentHost, signal: AbortSignal): Promise<AgentOutcome> {
    const first = await this.attempt(task, host, signal);
    if (!first.sessionIsGone || task.session === null) return first.outcome;
    const text = 'The earlier conversation could not be continued; a new one was started.';
    await host.onEvent({ type: 'notice', text });
    const anew = { ...task, session: null, followUp: null, sessionUsage: null };
    return (await this.attempt(anew, host, signal)).outcome;
  }

  private async attempt(
    task: AgentTask,
    host: AgentHost,
    signal: AbortSignal,
  ): Promise<{ outcome: AgentOutcome; sessionIsGone: boolean }> {
    const { definition, effects, dialect } = this;
    const { program, inherit, install, displayName: name } = definition;
    const start = dialect.startOf(task);
    const values = { ...definition.env, ...start.env };
    const env = childEnvironment(effects.environment, task.runId, inherit, values);
    const args = [...definition.args, ...start.args];
    const command = { program, args, cwd: task.worktree, env };
    let isGone = false;
    const sessionIsGone = (): void => void (isGone = true);
    const outcome = await superviseRun(
      { command, install },
      task,
      host,
      signal,
      effects,
      (started) => dialect.conductOf({ started, task, host, effects, name, sessionIsGone }),
    );
    return { outcome, sessionIsGone: isGone };
  }
}
