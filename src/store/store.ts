import type { Change, Command, Query } from './command';

export interface CommandOptions {
  actor: string;
  /**
   * The same key applies a command once and gives its first answer again (for a day), so that a
   * command whose answer was lost can be sent again. The answer must survive JSON.
   */
  key?: string;
  /** How many milliseconds the command may wait for others to share its sync with. */
  patience?: number;
}

/** The database, seen from the engine's thread. */
export interface Store {
  /**
   * Resolves when the change is on the disk. Rejects with a `RunsheetError` that the command
   * threw, `unavailable` when the disk failed, `ownership_lost` when another engine owns the file.
   */
  command<I, O>(command: Command<I, O>, input: I, options: CommandOptions): Promise<O>;
  query<I, O>(query: Query<I, O>, input: I): Promise<O>;
  /** Called after each durable transaction with what it changed, in order. */
  onChanges(listener: (changes: readonly Change[]) => void): Disposable;
  close(): Promise<void>;
}
