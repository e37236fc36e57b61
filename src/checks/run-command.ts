import type { Clock } from '../platform/clock';
import type { ChildHandle, CommandLine, ExitStatus, Spawn } from '../platform/spawn';
import type { CheckContext, Standstill } from './check';
import { HeadAndTail } from './head-and-tail';
import { withinLimits, type Limited, type Limits } from './limits';

/** Every process that came from a child or carries its marker. */
export interface FollowedTree {
  /** Freezes them, or lets them go on. */
  hold(isToStandStill: boolean): Promise<unknown>;
  /** Ends them. */
  stop(): Promise<unknown>;
}

/** Follows a child that has just been started. */
export type FollowTree = (child: ChildHandle, marker: string) => FollowedTree;

export interface CommandRun {
  end: Limited<ExitStatus>;
  /** Standard output and standard error as they came, the middle of a long one left out. */
  output: string;
  isWhole: boolean;
}

export interface CommandLimits extends Limits, Pick<CheckContext, 'marker' | 'pause' | 'time'> {}

const closePipesMs = 2_000;

/** Runs commands to their end, and leaves no process of theirs behind. */
export class CommandRunner {
  constructor(
    private readonly spawn: Spawn,
    private readonly clock: Clock,
    private readonly followTree: FollowTree,
  ) {}

  /** Rejects with the system's error when the program cannot be started. */
  async run(command: CommandLine, limits: CommandLimits): Promise<CommandRun> {
    await limits.pause.whenGoing(limits.signal);
    if (limits.signal.aborted) return { end: { kind: 'cancelled' }, output: '', isWhole: true };
    const child = await this.spawn.start(command);
    const output = new HeadAndTail();
    child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => output.push(bytes));
    child.stdin.end();
    const tree = this.followTree(child, limits.marker);
    using _still = holdWhilePaused(tree, limits.pause);
    const end = await withinLimits(limits.time, limits, child.ended);
    // Also after a good end: a server that the command left in the background would live on.
    await tree.stop();
    await this.closePipes(child);
    return { end, output: output.text(), isWhole: output.isWhole };
  }

  /** What is still in the pipes belongs to the output; a process that escaped may hold them open. */
  private async closePipes(child: ChildHandle): Promise<void> {
    const { signal } = new AbortController();
    await withinLimits(this.clock, { timeoutMs: closePipesMs, signal }, child.exited);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

function holdWhilePaused(tree: FollowedTree, pause: Standstill): Disposable {
  // Processes that cannot be listed cannot be frozen: the command goes on until the next check.
  const hold = (isPaused: boolean): void => void tree.hold(isPaused).catch(() => undefined);
  if (pause.isPaused) hold(true);
  return pause.onChange(hold);
}
