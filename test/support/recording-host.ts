import type { AgentEvent, AgentHost, AgentTask, PermissionQuestion } from '../../src/agents/agent';
import { systemProcesses } from '../../src/agents/system-processes';
import type { AgentEffects } from '../../src/agents/supervised-run';
import { SystemClock } from '../../src/platform/clock';
import { NodeFiles } from '../../src/platform/files';
import { NodeSpawn } from '../../src/platform/spawn';
import { RunSwitch } from '../../src/runs/run-switch';

type Answer = (
  question: PermissionQuestion,
  signal: AbortSignal,
) => string | null | Promise<string | null>;

/** Answers nothing, until the question is over. */
export function nobody(_question: PermissionQuestion, signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

/** A run's owner that writes down what it is told and answers permission questions as it is set to. */
export class RecordingHost implements AgentHost {
  readonly events: AgentEvent[] = [];
  readonly questions: PermissionQuestion[] = [];
  readonly processes: Parameters<AgentHost['onProcess']>[0][] = [];
  ready: Parameters<AgentHost['onReady']>[0] | null = null;
  private readonly watchers = new Set<() => void>();

  constructor(private readonly answer: Answer = () => null) {}

  async onProcess(process: Parameters<AgentHost['onProcess']>[0]): Promise<void> {
    this.processes.push(process);
  }

  async onReady(agent: Parameters<AgentHost['onReady']>[0]): Promise<void> {
    this.ready = agent;
    this.tell();
  }

  async onEvent(event: AgentEvent): Promise<void> {
    this.events.push(event);
    this.tell();
  }

  async onPermission(question: PermissionQuestion, signal: AbortSignal): Promise<string | null> {
    this.questions.push(question);
    this.tell();
    return this.answer(question, signal);
  }

  of<T extends AgentEvent['type']>(type: T): Extract<AgentEvent, { type: T }>[] {
    return this.events.filter(
      (event): event is Extract<AgentEvent, { type: T }> => event.type === type,
    );
  }

  /** Everything that was printed to one stream. */
  output(stream: 'stdout' | 'stderr'): string {
    return this.of('output')
      .filter((event) => event.stream === stream)
      .map((event) => event.text)
      .join('');
  }

  /** Everything that the agent said. */
  said(): string {
    return this.of('message')
      .filter((event) => event.role === 'assistant')
      .map((event) => event.text)
      .join('');
  }

  /** Resolves when the condition holds, which it is asked after each thing that happens. */
  until(condition: (host: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition(this)) return;
        this.watchers.delete(look);
        resolve();
      };
      this.watchers.add(look);
      look();
    });
  }

  private tell(): void {
    for (const look of [...this.watchers]) look();
  }
}

/** The effects on the real system, with `environment` as the person's. */
export function systemEffects(environment: NodeJS.ProcessEnv = process.env): AgentEffects {
  const spawn = new NodeSpawn();
  const clock = new SystemClock();
  return {
    spawn,
    clock,
    files: new NodeFiles(),
    processes: systemProcesses(spawn, clock),
    environment,
  };
}

/** A task in `worktree`, with `changes` over generous limits. */
export function agentTask(worktree: string, changes: Partial<AgentTask> = {}): AgentTask {
  return {
    runId: crypto.randomUUID(),
    subtaskId: 'T1',
    worktree,
    prompt: 'Do it.',
    subtaskJson: '{"id":"T1"}',
    scratchDirectory: `${worktree}.scratch`,
    command: null,
    session: null,
    followUp: null,
    pause: new RunSwitch(),
    limits: { silenceMs: 60_000, totalMs: 120_000, startMs: 30_000, permissionMs: 30_000 },
    ...changes,
  };
}
