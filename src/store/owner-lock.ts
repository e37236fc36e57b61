import { readFileSync, readlinkSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { hostname, platform } from 'node:os';
import type { OwnerRecord } from '../model/owner-file';
import { type Clock, timestamp } from '../platform/clock';
import { errorCode } from '../platform/files';
import { prepareDatabaseFolder } from './database-folder';
import { type Latest, OwnerDirectory } from './owner-directory';
import { probe } from './owner-probe';
import type { Fence } from './sqlite/mount';

export interface OwnershipOptions {
  databasePath: string;
  /** Where this process already listens and answers probes (`answerProbe`) with the token. */
  endpoint: string;
  /** Random, new for every start of an engine. */
  token: string;
  clock: Clock;
  /** Called once when another process turns out to have taken over. */
  onLost?: () => void;
  /** Where sockets mean the same; a test may pretend to be elsewhere. */
  realm?: string;
  /** For owners in other realms, whose sockets cannot be asked. Milliseconds. */
  heartbeatEvery?: number;
  expiry?: number;
}

export type Ownership =
  | {
      kind: 'owner';
      generation: number;
      /** For the store, which looks at it around every commit. */
      fence: Fence;
      /** Lets the next one in. The database must be closed, and probes answered until then. */
      release(): Promise<void>;
    }
  | {
      kind: 'other';
      endpoint: string;
      token: string;
      pid: number;
      /** `elsewhere`: alive in another realm (a container, another machine). */
      state: 'alive' | 'hung' | 'elsewhere';
    };

/** A file without content is given this long to get one. */
const birth = 2000;

/** Becomes the owner of the database, or says who is. Two processes never both become it. */
export async function acquireOwnership(options: OwnershipOptions): Promise<Ownership> {
  const { databasePath, clock } = options;
  const directory = new OwnerDirectory(databasePath);
  prepareDatabaseFolder(databasePath);
  for (;;) {
    const latest = await directory.latest();
    const living = latest === null ? null : await findLivingOwner(directory, latest, options);
    if (living !== null) return living;
    const generation = (latest?.generation ?? 0) + 1;
    const created = await directory.create(generation, {
      free: false,
      generation,
      realm: options.realm ?? thisRealm(),
      host: hostname(),
      pid: process.pid,
      token: options.token,
      endpoint: options.endpoint,
      acquiredAt: timestamp(clock),
    });
    if (!created) continue; // somebody was faster
    if ((await directory.latestGeneration()) !== generation) {
      // The listing was old: this number had been used and deleted under a higher one.
      await directory.remove(generation);
      continue;
    }
    await directory.removeBelow(generation);
    return hold(directory, generation, options);
  }
}

/** The owner as its file says, dead or alive; `null` when the database is free. */
export async function readOwner(databasePath: string): Promise<OwnerRecord | null> {
  const latest = await new OwnerDirectory(databasePath).latest();
  return latest === null || latest.file === 'unreadable' || latest.file.free ? null : latest.file;
}

function hold(
  directory: OwnerDirectory,
  generation: number,
  { clock, onLost, heartbeatEvery = 5000 }: OwnershipOptions,
): Ownership {
  const fence: Fence = {
    mine: directory.fileOf(generation),
    next: directory.fileOf(generation + 1),
  };
  let held = true;
  let timer: Disposable;
  const beat = async (): Promise<void> => {
    const ours = await renew(directory, generation, clock);
    if (!held) return;
    if (ours) timer = clock.after(heartbeatEvery, () => void beat());
    else onLost?.();
  };
  timer = clock.after(heartbeatEvery, () => void beat());
  const release = async (): Promise<void> => {
    held = false;
    timer[Symbol.dispose]();
    await directory.create(generation + 1, { free: true, generation: generation + 1 });
  };
  return { kind: 'owner', generation, fence, release };
}

/** Moves the heartbeat on; false when the generation is not the latest any more. */
async function renew(
  directory: OwnerDirectory,
  generation: number,
  clock: Clock,
): Promise<boolean> {
  const now = clock.now() / 1000;
  try {
    await utimes(directory.fileOf(generation), now, now);
    return (await directory.latestGeneration()) === generation;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    return true; // a disk that fails for a moment; the fence decides what may be written
  }
}

async function findLivingOwner(
  directory: OwnerDirectory,
  { generation, file }: Latest,
  options: OwnershipOptions,
): Promise<Extract<Ownership, { kind: 'other' }> | null> {
  const { clock, realm = thisRealm(), expiry = 30_000 } = options;
  if (file === 'unreadable') {
    await wait(clock, birth);
    const later = await directory.latest();
    if (later?.generation !== generation || later.file === 'unreadable') return null;
    return findLivingOwner(directory, later, options);
  }
  if (file.free) return null;
  const { endpoint, token, pid } = file;
  if (file.realm === realm) {
    const state = await probe(endpoint, token, clock);
    return state === 'dead' ? null : { kind: 'other', endpoint, token, pid, state };
  }
  const beats = await heartbeatMoves(directory, generation, clock, expiry);
  return beats ? { kind: 'other', endpoint, token, pid, state: 'elsewhere' } : null;
}

/**
 * Watches the heartbeat of an owner in another realm. Time is counted in short waits of our own:
 * the other machine's clock may be wrong, and while this one sleeps none passes.
 */
async function heartbeatMoves(
  directory: OwnerDirectory,
  generation: number,
  clock: Clock,
  expiry: number,
): Promise<boolean> {
  const looks = 60;
  const first = await directory.heartbeatOf(generation);
  for (let look = 0; look < looks; look++) {
    await wait(clock, expiry / looks);
    if ((await directory.heartbeatOf(generation)) !== first) return true;
  }
  return false;
}

function wait(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => void clock.after(milliseconds, resolve));
}

/** Names the machine since its boot, and the namespaces in which a socket's path means the same. */
function thisRealm(): string {
  return [
    platform(),
    hostname(),
    orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    orEmpty(() => readlinkSync('/proc/self/ns/pid')),
    orEmpty(() => readlinkSync('/proc/self/ns/mnt')),
  ].join('|');
}

// These exist on Linux only.
function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
