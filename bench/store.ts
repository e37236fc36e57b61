// Durable small commits, ours beside native SQLite in the same run (WAL, synchronous=FULL, foreign
// keys on, equal caches), and what a million events cost when the database is opened.
import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { SystemClock } from '../src/platform/clock';
import { TimeOrderedIds } from '../src/platform/ids';
import { silentLog } from '../src/platform/log';
import { WorkspaceDatabase } from '../src/store/database';
import { commitTogether } from '../src/store/group-commit';
import { migrations } from '../src/store/migrations/all';
import { SqliteRuntime } from '../src/store/sqlite/runtime';
import { NodeVfs } from '../src/store/sqlite/vfs';
import { WorkerStore } from '../src/store/worker-store';
import { loadNativeSqlite } from './native-sqlite';
import { report } from './report';
import { eventValues, ids, insertEvent, recordEvent, setUp, updateRun } from './store-workload';

// Short rounds, ours and theirs in turn, so that whatever else the machine does hits both.
const rounds = 100;
const commitsPerRound = 75;
const warmUp = 500;
const manyEvents = 1_000_000;
const wasmFile = require.resolve('sql.js/dist/sql-wasm.wasm');
const openNative = loadNativeSqlite();

/** One durable transaction: an event and the counters of its run. */
interface Engine {
  commit(sequence: number): void;
  close(): void;
}

async function openOurs(path: string): Promise<Engine> {
  const database = await createOurs(path);
  const timeOrdered = new TimeOrderedIds();
  return {
    commit: (sequence) => {
      const submission = {
        id: 0,
        command: recordEvent,
        input: { sequence },
        actor: 'run:bench',
        now: new Date().toISOString(),
        key: null,
      };
      commitTogether(database.connection, [submission], () => timeOrdered.next());
      if (database.walIsLarge) database.checkpoint();
    },
    close: () => database.close(),
  };
}

async function createOurs(path: string): Promise<WorkspaceDatabase> {
  const vfs = NodeVfs.of(await SqliteRuntime.load(readFileSync(wasmFile)));
  const database = WorkspaceDatabase.open(vfs, {
    path,
    migrations,
    appVersion: 'bench',
    clock: new SystemClock(),
    ids: new TimeOrderedIds(),
  });
  for (const sql of setUp) database.connection.run(sql);
  return database;
}

/** A database of ours, so that the schema is the same. */
async function openTheirs(path: string): Promise<Engine> {
  (await createOurs(path)).close();
  const native = openNative(path);
  for (const pragma of ['journal_mode=WAL', 'synchronous=FULL', 'foreign_keys=ON'])
    native.pragma(pragma);
  native.pragma('cache_size=-16384');
  const [begin, update, insert, commit] = ['BEGIN IMMEDIATE', updateRun, insertEvent, 'COMMIT'].map(
    (sql) => native.prepare(sql),
  );
  return {
    commit: (sequence) => {
      begin?.run();
      update?.run(new Date().toISOString(), ids.run);
      insert?.run(...eventValues(sequence));
      commit?.run();
    },
    close: () => native.close(),
  };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Milliseconds of each commit. */
function time(engine: Engine, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const started = performance.now();
    engine.commit(from + index);
    return performance.now() - started;
  });
}

async function compareCommits(
  folder: string,
): Promise<{ ours: number[]; theirs: number[]; ratio: number }> {
  const ours = await openOurs(join(folder, 'ours.db'));
  const theirs = await openTheirs(join(folder, 'theirs.db'));
  time(ours, 1, warmUp);
  time(theirs, 1, warmUp);
  const taken: { ours: number[]; theirs: number[] }[] = [];
  for (let round = 0; round < rounds; round++) {
    const from = warmUp + 1 + round * commitsPerRound;
    const first = round % 2 === 0 ? ours : theirs;
    const a = time(first, from, commitsPerRound);
    const b = time(first === ours ? theirs : ours, from, commitsPerRound);
    taken.push(first === ours ? { ours: a, theirs: b } : { ours: b, theirs: a });
  }
  ours.close();
  theirs.close();
  return {
    ours: taken.flatMap((round) => round.ours),
    theirs: taken.flatMap((round) => round.theirs),
    ratio: quantile(
      taken.map((round) => sum(round.theirs) / sum(round.ours)),
      0.5,
    ),
  };
}

/** Commands per second through the store's thread, with as many unanswered at a time. */
async function throughThread(folder: string, inFlight: number, count: number): Promise<number> {
  const databasePath = join(folder, `thread-${inFlight}.db`);
  (await createOurs(databasePath)).close();
  const store = await WorkerStore.open({
    settings: { databasePath, wasmFile, appVersion: 'bench', fence: null },
    program: { file: join(__dirname, 'store-worker.ts'), execArgv: ['--require', 'tsx/cjs'] },
    clock: new SystemClock(),
    log: silentLog,
    onRecovered: () => undefined,
    onOwnershipLost: () => undefined,
  });
  let sequence = 0;
  const client = async (): Promise<void> => {
    while (sequence < count)
      await store.command(recordEvent, { sequence: ++sequence }, { actor: 'run:bench' });
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: inFlight }, client));
  const seconds = (performance.now() - started) / 1000;
  await store.close();
  return sequence / seconds;
}

const openedSchema = z.object({ milliseconds: z.number(), megabytes: z.number() });

type Opened = z.infer<typeof openedSchema>;

function openInProcess(path: string): Opened {
  const program = join(__dirname, 'store-open.ts');
  const args = ['--import', 'tsx', program, path, wasmFile];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return openedSchema.parse(JSON.parse(stdout));
}

/** Medians over processes that open the one and the other file in turn. */
function compareOpening(empty: string, full: string): { empty: Opened; full: Opened } {
  const pairs = Array.from(
    { length: 7 },
    () => [openInProcess(empty), openInProcess(full)] as const,
  );
  const median = (which: 0 | 1): Opened => ({
    milliseconds: quantile(
      pairs.map((pair) => pair[which].milliseconds),
      0.5,
    ),
    megabytes: quantile(
      pairs.map((pair) => pair[which].megabytes),
      0.5,
    ),
  });
  return { empty: median(0), full: median(1) };
}

function fill(path: string, count: number): void {
  const native = openNative(path);
  native.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN');
  const insert = native.prepare(insertEvent);
  for (let sequence = 1; sequence <= count; sequence++) insert.run(...eventValues(sequence));
  native.exec('COMMIT; PRAGMA journal_mode = DELETE');
  native.close();
  // Otherwise the first sync of whoever opens the file would write all of it.
  const descriptor = openSync(path, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'runsheet-bench-'));
  try {
    const { ours, theirs, ratio } = await compareCommits(folder);
    const alone = await throughThread(folder, 1, 2000);
    const together = await throughThread(folder, 64, 20_000);

    const empty = join(folder, 'empty.db');
    const full = join(folder, 'full.db');
    for (const path of [empty, full]) (await createOurs(path)).close();
    fill(full, manyEvents);
    const { empty: emptyOpen, full: fullOpen } = compareOpening(empty, full);
    const slower = fullOpen.milliseconds / emptyOpen.milliseconds;
    const larger = fullOpen.megabytes / emptyOpen.megabytes;

    const perSecond = (times: readonly number[]): number => (times.length * 1000) / sum(times);
    report('store', [
      { name: 'ours, commits', value: perSecond(ours), unit: '/s' },
      { name: 'ours, p50', value: quantile(ours, 0.5), unit: 'ms' },
      { name: 'ours, p95', value: quantile(ours, 0.95), unit: 'ms' },
      { name: 'native, commits', value: perSecond(theirs), unit: '/s' },
      { name: 'native, p50', value: quantile(theirs, 0.5), unit: 'ms' },
      { name: 'native, p95', value: quantile(theirs, 0.95), unit: 'ms' },
      { name: 'ours / native, commits', value: ratio, unit: '×', ok: ratio >= 0.8 },
      { name: 'thread, 1 in flight', value: alone, unit: '/s' },
      { name: 'thread, 64 in flight', value: together, unit: '/s' },
      { name: 'open, empty', value: emptyOpen.milliseconds, unit: 'ms' },
      { name: 'open, 1,000,000 events', value: fullOpen.milliseconds, unit: 'ms' },
      { name: 'open, full / empty', value: slower, unit: '×', ok: slower <= 2 },
      { name: 'memory, empty', value: emptyOpen.megabytes, unit: 'MB' },
      { name: 'memory, 1,000,000 events', value: fullOpen.megabytes, unit: 'MB' },
      { name: 'memory, full / empty', value: larger, unit: '×', ok: larger <= 2 },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
