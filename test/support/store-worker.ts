// The store's thread with the commands of the tests.
import { parentPort, workerData } from 'node:worker_threads';
import { workerSettingsSchema } from '../../src/store/messages';
import { StoreThread } from '../../src/store/store-thread';
import { registry } from './database';

if (parentPort !== null) {
  void StoreThread.start(parentPort, workerSettingsSchema.parse(workerData), registry);
}
