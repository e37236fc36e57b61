import type { AgentEvent, AgentHost } from './agent';

/**
 * Hands events to the host one at a time and in order. The first failure of the host ends it:
 * later events are dropped and `failed` rejects.
 */
export class EventQueue {
  private tail: Promise<void>;
  private waitingCount = 0;
  private broken = false;
  private fail: (error: unknown) => void = () => undefined;
  /** Never resolves; rejects with the host's error. */
  readonly failed = new Promise<never>((_resolve, reject) => {
    this.fail = reject;
  });

  /** The first event waits for `before`. */
  constructor(
    private readonly host: Pick<AgentHost, 'onEvent'>,
    before: Promise<void>,
  ) {
    this.failed.catch(() => undefined);
    this.tail = before.catch((error: unknown) => this.breakOff(error));
  }

  /** How many events the host has not taken yet. */
  get waiting(): number {
    return this.waitingCount;
  }

  push(event: AgentEvent): void {
    this.waitingCount += 1;
    this.tail = this.tail.then(() => this.deliver(event));
  }

  /** Resolves when fewer than `limit` events wait, so that a producer can hold its source back. */
  async room(limit: number): Promise<void> {
    while (this.waitingCount >= limit) await this.tail;
  }

  /** Resolves when everything pushed so far has been handed over. */
  drained(): Promise<void> {
    return this.tail;
  }

  private async deliver(event: AgentEvent): Promise<void> {
    try {
      if (!this.broken) await this.host.onEvent(event);
    } catch (error) {
      this.breakOff(error);
    } finally {
      this.waitingCount -= 1;
    }
  }

  private breakOff(error: unknown): void {
    this.broken = true;
    this.fail(error);
  }
}
