import { connect, createServer, type Server } from 'node:net';
import { errorCode } from '../../src/platform/files.js';

/**
 * Runs `work` while no other process on this machine runs work of the same name. The lock is an abstract Unix socket:
 * the kernel frees it when its owner ends, however it ends, so there is no stale lock to guess about. Linux only.
 */
export async function withMachineLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const address = `\0runsheet-${String(process.getuid?.() ?? 0)}-${name}`;
  for (;;) {
    const lock = await tryLock(address);
    if (lock === null) {
      await releaseOf(address);
      continue;
    }
    try {
      return await work();
    } finally {
      lock.close();
      for (const waiting of lock.waiting) waiting();
    }
  }
}

interface Lock {
  close(): void;
  waiting: Set<() => void>;
}

function tryLock(address: string): Promise<Lock | null> {
  return new Promise((resolve, reject) => {
    const waiting = new Set<() => void>();
    const server: Server = createServer((socket) => {
      const end = (): void => {
        socket.destroy();
      };
      waiting.add(end);
      socket.on('error', () => undefined);
      socket.on('close', () => waiting.delete(end));
    });
    server.once('error', (error) => {
      if (errorCode(error) === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(address, () => resolve({ close: () => server.close(), waiting }));
  });
}

/** Resolves when the owner's end of the connection closes, or nobody listens there. */
function releaseOf(address: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.resume();
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}
