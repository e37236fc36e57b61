import initSqlJs, { type Database, type SqlJsStatic } from 'sql.js';
import { Result, Vfs } from './abi';
import { WasmMemory } from './wasm-memory';

/** What the distributed sql.js exports beside its documented classes. */
interface RawExports {
  addFunction(fn: (...args: never[]) => number, signature: string): number;
  UTF8ToString(address: number): string;
  stringToNewUTF8(text: string): number;
  _malloc(size: number): number;
  _free(address: number): void;
  _sqlite3_open(name: number, out: number): number;
  _sqlite3_close_v2(database: number): number;
}

const rawExports: readonly (keyof RawExports)[] = [
  'addFunction',
  'UTF8ToString',
  'stringToNewUTF8',
  '_malloc',
  '_free',
  '_sqlite3_open',
  '_sqlite3_close_v2',
];

function hasRawExports(sql: SqlJsStatic): sql is SqlJsStatic & RawExports {
  return rawExports.every((name) => name in sql && typeof Reflect.get(sql, name) === 'function');
}

/** A C function of SQLite, as the function table holds it. */
export type NativeFunction = (...args: number[]) => number;

function isNativeFunction(value: unknown): value is NativeFunction {
  return typeof value === 'function';
}

/**
 * The unmodified sql.js package with a door to its memory and function table, through which a VFS
 * of ours can be handed to SQLite. The door is Emscripten's documented `instantiateWasm` hook; the
 * exports are found by their type, because their names are minified.
 */
export class SqliteRuntime {
  /** There is one per thread: sql.js itself keeps only one instance. */
  private static loading: Promise<SqliteRuntime> | undefined;

  private constructor(
    readonly sql: SqlJsStatic & RawExports,
    readonly memory: WasmMemory,
    private readonly table: WebAssembly.Table,
  ) {}

  static load(wasm: BufferSource): Promise<SqliteRuntime> {
    SqliteRuntime.loading ??= SqliteRuntime.instantiate(wasm);
    return SqliteRuntime.loading;
  }

  private static async instantiate(wasm: BufferSource): Promise<SqliteRuntime> {
    const instances: WebAssembly.Instance[] = [];
    const config = {
      // Otherwise sql.js registers SQL functions of its own and warns when they are used.
      useOldExtensionFunctions: false,
      instantiateWasm(
        imports: WebAssembly.Imports,
        done: (instance: WebAssembly.Instance) => void,
      ): WebAssembly.Exports {
        const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
        instances.push(instance);
        done(instance);
        return instance.exports;
      },
    };
    const sql = await initSqlJs(config);
    const exported = instances.flatMap((instance) => Object.values(instance.exports));
    const memory = exported.find((value) => value instanceof WebAssembly.Memory);
    const table = exported.find((value) => value instanceof WebAssembly.Table);
    if (!memory || !table || !hasRawExports(sql)) {
      throw new Error('this build of sql.js does not export what a VFS needs');
    }
    return new SqliteRuntime(sql, new WasmMemory(memory), table);
  }

  /** A database in memory. */
  openInMemory(): Database {
    return new this.sql.Database();
  }

  text(address: number): string {
    return this.sql.UTF8ToString(address);
  }

  /** The function at an index of the function table, where C keeps function pointers. */
  nativeFunction(index: number): NativeFunction {
    const value: unknown = this.table.get(index);
    if (!isNativeFunction(value)) throw new Error('SQLite has no function where one was expected');
    return value;
  }

  /**
   * The address of SQLite's default VFS.
   *
   * The one private fact used: a connection (`struct sqlite3`) starts with a pointer to its VFS, as
   * it has since 2004. What is found there must look like a VFS named "unix" in every respect.
   */
  findDefaultVfs(): number {
    const { sql, memory } = this;
    const name = sql.stringToNewUTF8(':memory:');
    const out = sql._malloc(4);
    if (sql._sqlite3_open(name, out) !== Result.ok) throw new Error('SQLite cannot open :memory:');
    const connection = memory.uint32(out);
    const vfs = memory.uint32(connection);
    const found = this.looksLikeDefaultVfs(vfs);
    sql._sqlite3_close_v2(connection);
    sql._free(out);
    sql._free(name);
    if (!found) throw new Error('the default VFS of sql.js is not where it was expected');
    return vfs;
  }

  private looksLikeDefaultVfs(vfs: number): boolean {
    const { memory } = this;
    if (vfs === 0 || vfs + Vfs.size > memory.size) return false;
    const between = (offset: number, low: number, high: number): boolean => {
      const value = memory.uint32(vfs + offset);
      return value >= low && value <= high;
    };
    return (
      between(Vfs.version, 1, 3) &&
      between(Vfs.fileSize, 8, 4096) &&
      between(Vfs.maxPathname, 64, 65_536) &&
      this.text(memory.uint32(vfs + Vfs.name)) === 'unix' &&
      [Vfs.open, Vfs.delete, Vfs.access, Vfs.fullPathname].every((offset) =>
        isNativeFunction(this.table.get(memory.uint32(vfs + offset))),
      )
    );
  }
}
