import { powersafeOverwrite, Result, syncDataOnly } from './abi';
import type { HostFile } from './host-file';
import type { OpenFile } from './mount';
import type { SqliteRuntime } from './runtime';

// What a `struct sqlite3_file` of ours holds: where SQLite looks for its methods, then our number.
const methodsOffset = 0;
const numberOffset = 4;

/** The open files of all mounts, and the error behind the last refusal. */
export class FileTable {
  private readonly files = new Map<number, HostFile>();
  private lastNumber = 0;
  private failure: unknown = null;
  private readonly methods: number;

  constructor(private readonly runtime: SqliteRuntime) {
    this.methods = makeMethods(runtime, this);
  }

  /** Makes the `sqlite3_file` at `address` stand for `file`. */
  open(address: number, file: HostFile): void {
    this.files.set(++this.lastNumber, file);
    this.runtime.memory.setUint32(address + numberOffset, this.lastNumber);
    this.runtime.memory.setUint32(address + methodsOffset, this.methods);
  }

  at(address: number): HostFile {
    const file = this.files.get(this.runtime.memory.uint32(address + numberOffset));
    if (file === undefined) throw new Error('SQLite used a file that is not open');
    return file;
  }

  close(file: OpenFile): void {
    for (const [number, other] of this.files) if (other === file) this.files.delete(number);
    file.close();
  }

  /**
   * The function with its exceptions turned into a result code: none may reach WebAssembly. The
   * arguments are spelled out because this runs a dozen times per commit, and a rest array costs.
   */
  guarded<A, B, C, D, E>(
    code: number,
    call: (a: A, b: B, c: C, d: D, e: E) => number,
  ): (a: A, b: B, c: C, d: D, e: E) => number {
    return (a, b, c, d, e) => {
      try {
        return call(a, b, c, d, e);
      } catch (error) {
        this.failure = error;
        return isDiskFull(error) ? Result.full : code;
      }
    };
  }

  /** The last exception that became a result code; asking forgets it. */
  takeFailure(): unknown {
    const { failure } = this;
    this.failure = null;
    return failure;
  }
}

function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Writes a `sqlite3_io_methods` (version 1: no shared memory) and returns its address. */
function makeMethods(runtime: SqliteRuntime, files: FileTable): number {
  const { memory, sql } = runtime;
  const slots: number[] = [1];
  const method = (signature: string, fn: (...args: never[]) => number): void => {
    slots.push(sql.addFunction(fn, signature));
  };
  // In the order of the struct's members.
  method(
    'ii', // xClose
    files.guarded(Result.ioErrorClose, (file: number) => {
      files.close(files.at(file));
      return Result.ok;
    }),
  );
  method(
    'iiiij', // xRead
    files.guarded(
      Result.ioErrorRead,
      (file: number, target: number, length: number, position: bigint) => {
        const bytes = memory.bytes.subarray(target, target + length);
        const count = files.at(file).read(bytes, Number(position));
        bytes.fill(0, count); // SQLite wants zeros beyond the end
        return count === length ? Result.ok : Result.ioErrorShortRead;
      },
    ),
  );
  method(
    'iiiij', // xWrite
    files.guarded(
      Result.ioErrorWrite,
      (file: number, source: number, length: number, position: bigint) => {
        files.at(file).write(memory.bytes.subarray(source, source + length), Number(position));
        return Result.ok;
      },
    ),
  );
  method(
    'iij', // xTruncate
    files.guarded(Result.ioErrorTruncate, (file: number, size: bigint) => {
      files.at(file).truncate(Number(size));
      return Result.ok;
    }),
  );
  method(
    'iii', // xSync
    files.guarded(Result.ioErrorSync, (file: number, flags: number) => {
      files.at(file).sync((flags & syncDataOnly) !== 0);
      return Result.ok;
    }),
  );
  method(
    'iii', // xFileSize
    files.guarded(Result.ioErrorSize, (file: number, out: number) => {
      memory.setUint64(out, files.at(file).size());
      return Result.ok;
    }),
  );
  // Locks: ownership of the database is settled before it is opened (owner-lock.ts).
  method('iii', () => Result.ok); // xLock
  method('iii', () => Result.ok); // xUnlock
  method('iii', (_file: number, out: number) => {
    memory.setUint32(out, 0); // xCheckReservedLock: nobody has one
    return Result.ok;
  });
  method('iiii', () => Result.notFound); // xFileControl
  method('ii', () => 4096); // xSectorSize
  method('ii', () => powersafeOverwrite); // xDeviceCharacteristics

  const address = sql._malloc(4 * slots.length);
  slots.forEach((value, index) => memory.setUint32(address + 4 * index, value));
  return address;
}
