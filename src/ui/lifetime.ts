/** Anything that can be ended; `vscode.Disposable` is one. */
export interface Ending {
  dispose(): unknown;
}

/** Owns disposables and ends them together, the last one first. */
export class DisposableStore {
  private items: Ending[] | null = [];

  /** Takes ownership; on a store that has ended, the item ends at once. */
  add<T extends Ending>(item: T): T {
    if (this.items === null) item.dispose();
    else this.items.push(item);
    return item;
  }

  dispose(): void {
    const items = this.items ?? [];
    this.items = null;
    for (const item of items.reverse()) item.dispose();
  }
}

/** Delivers values to whoever listens; used where `vscode` must not be imported. */
export class Signal<T> {
  private readonly listeners = new Set<(value: T) => void>();

  readonly on = (listener: (value: T) => void): Ending => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of [...this.listeners]) listener(value);
  }
}
