import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What the benchmarks use of better-sqlite3. */
export interface NativeDatabase {
  exec(sql: string): void;
  prepare(sql: string): { run(...params: unknown[]): unknown; get(...params: unknown[]): unknown };
  pragma(text: string): unknown;
  close(): void;
}

/**
 * Loads the native SQLite of bench/package.json. It is installed on first use, and compiled against
 * the headers of the Node that runs this where they are there: it is no part of the product's own
 * dependencies, so that `npm ci` of the product compiles nothing.
 */
export function loadNativeSqlite(): (path: string) => NativeDatabase {
  const folder = __dirname;
  if (!existsSync(join(folder, 'node_modules', 'better-sqlite3'))) install(folder);
  const native: unknown = createRequire(join(folder, 'package.json'))('better-sqlite3');
  if (typeof native !== 'function') throw new Error('better-sqlite3 is not what it was');
  return (path) => Reflect.construct(native, [path]) as NativeDatabase;
}

function install(folder: string): void {
  process.stderr.write('Installing the native SQLite to compare with (a minute or two) …\n');
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, 'include', 'node', 'node.h'));
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    env: {
      ...process.env,
      ...(headers && { npm_config_nodedir: prefix, npm_config_build_from_source: 'true' }),
    },
  });
  if (status !== 0) throw new Error(`npm ci in ${folder} ended with ${String(status)}`);
}
