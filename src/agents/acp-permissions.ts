import type { RequestPermissionOutcome } from '@agentclientprotocol/sdk';
import type { Clock } from '../platform/clock';
import type { AgentHost, PermissionOption, PermissionQuestion } from './agent';
import type { Watchdog } from './watchdog';

const cancelled: RequestPermissionOutcome = { outcome: 'cancelled' };

/**
 * Puts an agent's permission requests to the person. What nobody answers in time is rejected, never
 * allowed.
 */
export class AcpPermissions {
  private readonly stopped = new AbortController();
  private denied = 0;

  constructor(
    private readonly host: Pick<AgentHost, 'onPermission'>,
    private readonly watchdog: Watchdog,
    private readonly clock: Clock,
    private readonly limitMs: number,
  ) {}

  /** How many requests were rejected, by the person or by the time. */
  get denials(): number {
    return this.denied;
  }

  /** `withdrawn` is aborted when the agent takes its request back. */
  async ask(
    question: PermissionQuestion,
    withdrawn: AbortSignal,
  ): Promise<RequestPermissionOutcome> {
    using _hold = this.watchdog.hold();
    const chosen = await this.answer(question, withdrawn);
    if (this.stopped.signal.aborted || withdrawn.aborted) return cancelled;
    const option = question.options.find(({ id }) => id === chosen) ?? rejection(question.options);
    if (option === undefined || !isAllowing(option)) this.denied += 1;
    return option === undefined ? cancelled : { outcome: 'selected', optionId: option.id };
  }

  /** Answers every open request, and every later one, with `cancelled`. */
  stop(): void {
    this.stopped.abort();
  }

  private async answer(
    question: PermissionQuestion,
    withdrawn: AbortSignal,
  ): Promise<string | null> {
    const expiry = new AbortController();
    using _timer = this.clock.after(this.limitMs, () => expiry.abort());
    const over = AbortSignal.any([this.stopped.signal, withdrawn, expiry.signal]);
    if (over.aborted) return null;
    return await Promise.race([this.host.onPermission(question, over), aborted(over)]);
  }
}

function isAllowing(option: PermissionOption): boolean {
  return option.kind === 'allow_once' || option.kind === 'allow_always';
}

function rejection(options: readonly PermissionOption[]): PermissionOption | undefined {
  return (
    options.find(({ kind }) => kind === 'reject_once') ??
    options.find(({ kind }) => kind === 'reject_always')
  );
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
