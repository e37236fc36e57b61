// The store's thread. Bundled as dist/store-worker.js.
import { parentPort, workerData } from 'node:worker_threads';
import { workerSettingsSchema } from './messages';
import { registry } from './repositories/registry';
import { StoreThread } from './store-thread';

if (parentPort === null) throw new Error('the store runs in a worker thread');
void StoreThread.start(parentPort, workerSettingsSchema.parse(workerData), registry);
