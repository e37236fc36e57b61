// Opens one database as the store does and prints what that cost; a process of its own, because
// memory is measured.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SystemClock } from '../src/platform/clock';
import { TimeOrderedIds } from '../src/platform/ids';
import { WorkspaceDatabase } from '../src/store/database';
import { migrations } from '../src/store/migrations/all';
import { SqliteRuntime } from '../src/store/sqlite/runtime';
import { NodeVfs } from '../src/store/sqlite/vfs';

async function main(path: string, wasm: string): Promise<void> {
  const started = performance.now();
  const vfs = NodeVfs.of(await SqliteRuntime.load(readFileSync(wasm)));
  const database = WorkspaceDatabase.open(vfs, {
    path,
    migrations,
    appVersion: 'bench',
    clock: new SystemClock(),
    ids: new TimeOrderedIds(),
  });
  // What a client asks for first: the newest events of a run.
  database.connection.all(
    z.object({ id: z.number() }),
    'SELECT id FROM events WHERE run_id = ? ORDER BY sequence DESC LIMIT 100',
    'run',
  );
  const milliseconds = performance.now() - started;
  const megabytes = process.memoryUsage().rss / 1e6;
  database.close();
  process.stdout.write(JSON.stringify({ milliseconds, megabytes }));
}

const [, , path = '', wasm = ''] = process.argv;
void main(path, wasm);
