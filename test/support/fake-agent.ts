import type {
  Agent,
  AgentHost,
  AgentOutcome,
  AgentTask,
  PermissionQuestion,
} from '../../src/agents/agent';
import {
  noJudges,
  type CheckContext,
  type CheckResult,
  type CheckRunner,
  type Judges,
} from '../../src/checks/check';
import type { CheckOutcome } from '../../src/model/status';
import type { Validator } from '../../src/model/validator';

export const completed: AgentOutcome = {
  kind: 'completed',
  stopReason: 'end_turn',
  permissionDenials: 0,
};

export type Script = (
  task: AgentTask,
  host: AgentHost,
  signal: AbortSignal,
) => Promise<AgentOutcome>;

/** Does for each subtask what its script says; without one it gets ready and has finished. */
export class FakeAgent implements Agent {
  readonly tasks: AgentTask[] = [];
  /** How many work now, and the most that ever did. */
  working = 0;
  most = 0;
  /** The conversation that it names when it is ready. */
  session: string | null = null;
  private readonly scripts = new Map<string, Script>();

  script(subtaskId: string, script: Script): void {
    this.scripts.set(subtaskId, script);
  }

  /** From now on the subtask's runs wait until they are released, or stopped. */
  hold(subtaskId: string): { release(): void } {
    const gate = held();
    this.script(subtaskId, async (_task, _host, signal) => {
      await Promise.race([gate.opened, aborted(signal)]);
      return signal.aborted ? { kind: 'cancelled' } : completed;
    });
    return { release: gate.open };
  }

  /** Ids of the subtasks that were begun, in order. */
  get begun(): string[] {
    return this.tasks.map(({ subtaskId }) => subtaskId);
  }

  async run(task: AgentTask, host: AgentHost, signal: AbortSignal): Promise<AgentOutcome> {
    this.tasks.push(task);
    this.working += 1;
    this.most = Math.max(this.most, this.working);
    try {
      await host.onProcess({ pid: 4711, startedAt: null, marker: task.runId });
      await host.onReady({ version: '1.0', model: null, session: this.session });
      return await (this.scripts.get(task.subtaskId) ?? (async () => completed))(
        task,
        host,
        signal,
      );
    } finally {
      this.working -= 1;
    }
  }
}

export function checkResult(outcome: CheckOutcome, message: string = outcome): CheckResult {
  return { outcome, score: null, message, exitCode: null, output: '', details: {}, durationMs: 1 };
}

/** Answers every check as it is told; passes those that it was told nothing about. */
export class FakeChecks implements CheckRunner {
  readonly ran: { validator: Validator; context: CheckContext }[] = [];
  answer: (validator: Validator, context: CheckContext, judges: Judges) => Promise<CheckResult> =
    async () => checkResult('passed');

  async run(
    validator: Validator,
    context: CheckContext,
    judges: Judges = noJudges,
  ): Promise<CheckResult> {
    this.ran.push({ validator, context });
    if (context.signal.aborted) return checkResult('skipped');
    return this.answer(validator, context, judges);
  }

  /** Answers by the command of the check; the others pass. */
  byCommand(outcomes: Readonly<Record<string, CheckOutcome>>): void {
    this.answer = async (validator) => {
      const command = validator.type === 'test_pass' ? String(validator.config.command) : '';
      return checkResult(
        outcomes[command] ?? 'passed',
        `${command} ${outcomes[command] ?? 'passed'}.`,
      );
    };
  }
}

/** What an agent may ask; without options nobody can allow it. */
export function question(changes: Partial<PermissionQuestion> = {}): PermissionQuestion {
  const call = { name: null, kind: 'other', title: 'Something', input: null, locations: [] };
  return { toolName: null, summary: 'May I?', call, options: [], ...changes };
}

/** A door that opens once. */
export function held(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}
