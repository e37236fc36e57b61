import { messageOf, RunsheetError } from '../../model/errors';
import { Result } from './abi';

/** An error that SQLite reported. `cause` is what the operating system said, when it was asked. */
export class SqliteError extends Error {
  constructor(
    /** A result code of SQLite. */
    readonly code: number,
    message: string,
    override readonly cause: unknown,
  ) {
    super(cause === null ? message : `${message} (${messageOf(cause)})`);
    this.name = 'SqliteError';
  }
}

/**
 * What an error says about the connection it came from:
 * - `statement`: nothing; the statement was at fault and the connection is well;
 * - `disk`: a write, read or sync failed, or SQLite itself crashed. The transaction may already be
 *   rolled back and the memory no longer be trusted: drop the connection and open the file again;
 * - `corrupt`: SQLite cannot make sense of the file;
 * - `lost`: the files are not ours any more.
 */
export type Diagnosis = 'statement' | 'disk' | 'corrupt' | 'lost';

export function diagnose(error: unknown): Diagnosis {
  if (error instanceof WebAssembly.RuntimeError) return 'disk';
  if (RunsheetError.is(error, 'ownership_lost')) return 'lost';
  if (!(error instanceof SqliteError)) return 'statement';
  if (RunsheetError.is(error.cause, 'ownership_lost')) return 'lost';
  const code: number = error.code & 0xff;
  if (code === Result.corrupt || code === Result.notADatabase) return 'corrupt';
  const disk: readonly number[] = [Result.ioError, Result.full, Result.cantOpen, Result.noMemory];
  return disk.includes(code) ? 'disk' : 'statement';
}
