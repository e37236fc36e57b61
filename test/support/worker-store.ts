import { join } from 'node:path';
import { SystemClock } from '../../src/platform/clock';
import { silentLog } from '../../src/platform/log';
import { WorkerStore, type WorkerStoreOptions } from '../../src/store/worker-store';
import { wasmFile } from './in-memory-store';

/** The store's thread from its source, with the commands of the tests. */
export function openWorkerStore(
  databasePath: string,
  options: Partial<WorkerStoreOptions> = {},
): Promise<WorkerStore> {
  return WorkerStore.open({
    settings: { databasePath, wasmFile, appVersion: 'test', fence: null },
    program: { file: join(__dirname, 'store-worker.ts'), execArgv: ['--require', 'tsx/cjs'] },
    clock: new SystemClock(),
    log: silentLog,
    onRecovered: () => undefined,
    onOwnershipLost: () => undefined,
    ...options,
  });
}
