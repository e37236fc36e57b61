import { appendFileSync, renameSync, statSync } from 'node:fs';
import { inspect } from 'node:util';
import type { Log } from './log';

const largest = 4 * 1024 * 1024;

/** A log in a file, a line per entry; the one before it is kept as `<path>.1`. */
export class FileLog implements Log {
  /** @param mask takes the credentials out of a text. */
  constructor(
    private readonly path: string,
    private readonly mask: (text: string) => string,
  ) {
    this.rotate();
  }

  info(message: string, details?: Readonly<Record<string, unknown>>): void {
    this.write('info', message, details);
  }

  warn(message: string, details?: Readonly<Record<string, unknown>>): void {
    this.write('warn', message, details);
  }

  error(message: string, error?: unknown): void {
    this.write('error', error === undefined ? message : `${message}\n${inspect(error)}`);
  }

  private write(level: string, message: string, details?: Readonly<Record<string, unknown>>): void {
    const more = details === undefined ? '' : ` ${JSON.stringify(details)}`;
    try {
      appendFileSync(
        this.path,
        this.mask(`${new Date().toISOString()} ${level} ${message}${more}\n`),
      );
    } catch {
      // A full or read-only disk must not end the engine that tries to say so.
    }
  }

  private rotate(): void {
    try {
      if (statSync(this.path).size > largest) renameSync(this.path, `${this.path}.1`);
    } catch {
      // There is no log yet.
    }
  }
}
