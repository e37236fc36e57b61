// The store's thread with the benchmark's command.
import { parentPort, workerData } from 'node:worker_threads';
import { workerSettingsSchema } from '../src/store/messages';
import { StoreThread } from '../src/store/store-thread';
import { recordEvent } from './store-workload';

if (parentPort !== null) {
  const registry = { commands: [recordEvent], queries: [] };
  void StoreThread.start(parentPort, workerSettingsSchema.parse(workerData), registry);
}
