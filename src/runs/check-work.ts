import { RunsheetError } from '../model/errors';

/** What checks are about that belong to no run. */
export interface CheckSubject {
  planId: string;
  /** `null` for a gate's. */
  subtaskId: string | null;
  /** Carried by its processes. */
  marker: string;
}

/** What the processes of checks carry that belong to no run. */
export function checkMarker(of: { gateId: string } | { subtaskId: string }): string {
  return 'gateId' in of ? `gate-${of.gateId}` : `verify-${of.subtaskId}`;
}

interface Going {
  subject: CheckSubject;
  controller: AbortController;
  ended: Promise<unknown>;
}

/** Checks that go on without a run: counted, so that their engine stays, and stopped on a word. */
export class CheckWork {
  private readonly going = new Set<Going>();
  private readonly restListeners = new Set<() => void>();
  private isClosed = false;

  get isBusy(): boolean {
    return this.going.size > 0;
  }

  /** Calls back whenever none goes on any more. */
  onRest(listener: () => void): Disposable {
    this.restListeners.add(listener);
    return { [Symbol.dispose]: () => this.restListeners.delete(listener) };
  }

  /**
   * What has the same marker is done one after another: the end of one command takes along all
   * processes with its marker.
   * @throws RunsheetError `unavailable` once the engine is about to end; what `work` throws.
   */
  async carryOut<T>(subject: CheckSubject, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.isClosed) throw new RunsheetError('unavailable', 'The engine is about to end.');
    const controller = new AbortController();
    const before = [...this.going].findLast((one) => one.subject.marker === subject.marker);
    const begin = (): Promise<T> => work(controller.signal);
    const result = before === undefined ? begin() : before.ended.then(begin);
    const going = { subject, controller, ended: result.catch(() => undefined) };
    this.going.add(going);
    try {
      return await result;
    } finally {
      this.going.delete(going);
      if (!this.isBusy) for (const listener of this.restListeners) listener();
    }
  }

  /** Stops the chosen ones; resolves, with their number, when no process of them is left. */
  async stop(isMeant: (subject: CheckSubject) => boolean): Promise<number> {
    const meant = [...this.going].filter(({ subject }) => isMeant(subject));
    for (const { controller } of meant) controller.abort();
    await Promise.all(meant.map(({ ended }) => ended));
    return meant.length;
  }

  /** Stops all, and starts none any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.stop(() => true);
  }
}
