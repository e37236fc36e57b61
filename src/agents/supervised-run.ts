import type { Clock } from '../platform/clock';
import { errorCode, type Files } from '../platform/files';
import type { ChildHandle, CommandLine, Spawn } from '../platform/spawn';
import type { AgentHost, AgentOutcome, AgentTask, PauseSwitch } from './agent';
import type { Variables } from './environment';
import { EventQueue } from './event-queue';
import type { ProcessTable } from './process-table';
import { ProcessTree } from './process-tree';
import { RunClock } from './run-clock';
import { within } from './waiting';
import { Watchdog, type Expiry } from './watchdog';

/** The effects that agents need. */
export interface AgentEffects {
  spawn: Spawn;
  files: Files;
  clock: Clock;
  processes: ProcessTable;
  /** The person's own environment, of which agents get the allowed part. */
  environment: Variables;
}

/** A program that has been started for a task, with what watches over it. */
export interface StartedProgram {
  child: ChildHandle;
  events: EventQueue;
  watchdog: Watchdog;
  /** The run's own time, which stands still in a pause: for limits, not for what has to happen. */
  time: Clock;
}

/** How one kind of agent works with its program. */
export interface Conduct {
  /** Carries out the task. Rejects only when the host does. */
  work(): Promise<AgentOutcome>;
  /** What it means that a limit was reached, if it is not simply a time-out. Asked at the end. */
  expired?(which: Expiry): AgentOutcome | null;
  /** Asks the agent to stop, in its own protocol, and waits a little. */
  cancel(): Promise<void>;
  /** The program has ended: hands over what is still buffered. */
  finish(): Promise<void>;
  /** How long the program may take to leave after the end of its input. */
  graceMs: number;
}

const closePipesMs = 2_000;

/**
 * Starts the program and lets `conduct` work with it, until it is done, the run is stopped or a
 * limit is reached. Whatever happens, no process of the run is left when it settles. A pause freezes
 * the processes, or holds the program back that has not been started yet.
 */
export async function superviseRun(
  program: { command: CommandLine; install?: string | undefined },
  task: AgentTask,
  host: AgentHost,
  signal: AbortSignal,
  effects: AgentEffects,
  conductWith: (started: StartedProgram) => Conduct,
): Promise<AgentOutcome> {
  await task.pause.whenGoing(signal);
  if (signal.aborted) return { kind: 'cancelled' };
  const child = await start(program, effects);
  if ('kind' in child) return child;
  // The pipes must get their readers in this turn of the loop: Node throws the output of a program
  // away that ends before anybody reads it.
  const leader = effects.processes.find(child.pid);
  const recorded = leader.then((entry) =>
    host.onProcess({ pid: child.pid, startedAt: entry?.startedAt ?? null, marker: task.runId }),
  );
  const events = new EventQueue(host, recorded);
  using time = new RunClock(effects.clock, task.pause);
  using watchdog = new Watchdog(time, task.limits);
  const conduct = conductWith({ child, events, watchdog, time });
  const tree = new ProcessTree(await leader, task.runId, effects.processes, effects.clock);
  using _still = holdWhilePaused(tree, task.pause, events);
  let end: End;
  try {
    await recorded;
    end = await conductUntilEnded(conduct, signal, watchdog, events, tree);
  } finally {
    const left = await tree.stop(child, conduct.graceMs);
    await closePipes(child, events, effects.clock);
    await conduct.finish();
    if (left.length > 0) {
      const ids = left.map((entry) => entry.pid).join(', ');
      events.push({ type: 'notice', text: `These processes could not be ended: ${ids}.` });
    }
    await events.drained();
  }
  if ('outcome' in end) return end.outcome;
  // Some programs print only when they are ended what kept them from working.
  return conduct.expired?.(end.expired) ?? { kind: 'timed_out', which: end.expired };
}

function holdWhilePaused(tree: ProcessTree, pause: PauseSwitch, events: EventQueue): Disposable {
  const hold = (isPaused: boolean): void => {
    tree.hold(isPaused).catch((error: unknown) => {
      const text = `The processes could not be paused: ${messageOf(error)}.`;
      events.push({ type: 'notice', text });
    });
    if (!isPaused || tree.isFrozen) return;
    const text = 'This system cannot freeze processes: the agent goes on until it has to wait.';
    events.push({ type: 'notice', text });
  };
  if (pause.isPaused) hold(true);
  return pause.onChange(hold);
}

/** Reads to the end, at the host's pace, unless something that escaped keeps the pipes open. */
async function closePipes(child: ChildHandle, events: EventQueue, clock: Clock): Promise<void> {
  do {
    if ((await within(clock, closePipesMs, child.exited)) !== null) return;
  } while (events.waiting > 0);
  child.stdout.destroy();
  child.stderr.destroy();
}

type End = { outcome: AgentOutcome } | { expired: Expiry };

async function conductUntilEnded(
  conduct: Conduct,
  signal: AbortSignal,
  watchdog: Watchdog,
  events: EventQueue,
  tree: ProcessTree,
): Promise<End> {
  const work = conduct.work();
  // After an interruption nobody waits for it any more.
  work.catch(() => undefined);
  const over = new AbortController();
  try {
    const { end, isEarly } = await Promise.race([
      work.then((outcome) => ({ end: { outcome }, isEarly: false })),
      interruption(signal, watchdog, over.signal).then((early) => ({ end: early, isEarly: true })),
      events.failed,
    ]);
    // What is frozen cannot answer.
    if (isEarly && !tree.isFrozen) await conduct.cancel();
    return end;
  } finally {
    over.abort();
  }
}

/** Nobody listens any more when `over` is aborted. */
function interruption(signal: AbortSignal, watchdog: Watchdog, over: AbortSignal): Promise<End> {
  const cancelled = new Promise<End>((resolve) => {
    const cancel = (): void => resolve({ outcome: { kind: 'cancelled' } });
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true, signal: over });
  });
  return Promise.race([cancelled, watchdog.expired.then((expired) => ({ expired }))]);
}

async function start(
  program: { command: CommandLine; install?: string | undefined },
  effects: AgentEffects,
): Promise<ChildHandle | LaunchFailure> {
  const { command, install } = program;
  try {
    return await effects.spawn.start(command);
  } catch (error) {
    // The system reports a missing folder and a missing program by the same code.
    if ((await effects.files.kind(command.cwd)) !== 'directory') {
      return launchFailure('launch', `The folder ${command.cwd} does not exist.`);
    }
    if (errorCode(error) === 'ENOENT') {
      return launchFailure('not_installed', notFound(command.program, install));
    }
    const reason = messageOf(error);
    return launchFailure('launch', `${command.program} could not be started: ${reason}.`);
  }
}

export type LaunchFailure = Extract<AgentOutcome, { kind: 'failed' }>;

export function launchFailure(code: 'launch' | 'not_installed', message: string): LaunchFailure {
  return { kind: 'failed', code, message, exitCode: null };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function notFound(program: string, install: string | undefined): string {
  const how = install === undefined ? 'Install it' : `Install it (${install})`;
  return `${program} was not found. ${how}, or name it by its full path in the settings.`;
}
