/** The terminal, as a command sees it. */
export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Absolute. */
  readonly cwd: string;
}

/** Exit codes of every command. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;
