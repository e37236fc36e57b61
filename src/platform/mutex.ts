/** Serves pieces of work one after another, in the order in which they asked. */
export class Mutex {
  private last: Promise<unknown> = Promise.resolve();
  private unfinished = 0;

  /** How many pieces would be served before one that asked now. */
  get ahead(): number {
    return this.unfinished;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    this.unfinished += 1;
    const result = this.last.then(work).finally(() => (this.unfinished -= 1));
    this.last = result.catch(() => undefined);
    return result;
  }
}
