import type { RequestPermissionOutcome } from '@agentclientprotocol/sdk';
import type { Clock } from '../platform/clock';
import { expired, type AgentHost, type PermissionOption, type PermissionQuestion } from './agent';
import type { Watchdog } from './watchdog';

const cancelled: RequestPermissionOutcome = { outcome: 'cancelled' };

/**
 * Puts an agent's permission requests to the person. What nobody answers in time is rejected, never
 * allowed.
 */
export class AcpPermissions {
  private readonly stopped = new AbortController();
  private denied = 0;
  private readonly open = new Set<Promise<unknown>>();

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

  /** Resolves when the host knows how every request ended. */
  async settled(): Promise<void> {
    await Promise.all(this.open);
  }

  private async answer(
    question: PermissionQuestion,
    withdrawn: AbortSignal,
  ): Promise<string | null> {
    const expiry = new AbortController();
    using _timer = this.clock.after(this.limitMs, () => expiry.abort(expired));
    const over = AbortSignal.any([this.stopped.signal, withdrawn, expiry.signal]);
    if (over.aborted) return null;
    const asking = this.host.onPermission(question, over);
    this.open.add(asking);
    try {
      // Also after an abort: the end of the question is written down before the agent goes on.
      return await asking;
    } finally {
      this.open.delete(asking);
    }
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
