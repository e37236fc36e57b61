import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  generationOf,
  latestGeneration,
  type OwnerFile,
  ownerDirectory,
  ownerFileName,
  ownerFileSchema,
} from '../model/owner-file';
import { errorCode } from '../platform/files';
import { explained } from './database-folder';

/** What the latest file holds: `unreadable` while it is being born, or when its birth was cut off. */
export interface Latest {
  generation: number;
  file: OwnerFile | 'unreadable';
}

/**
 * The lock files beside a database. The one with the highest number is the lock. Files are created
 * whole and never rewritten, and only files below the highest are deleted, so nobody ever deletes
 * a lock because it was believed stale: to take over N is to create N + 1, which one alone can.
 */
export class OwnerDirectory {
  readonly path: string;

  constructor(databasePath: string) {
    this.path = ownerDirectory(databasePath);
  }

  fileOf(generation: number): string {
    return join(this.path, ownerFileName(generation));
  }

  async latestGeneration(): Promise<number> {
    try {
      return latestGeneration(await readdir(this.path));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return 0;
      throw error;
    }
  }

  /** `null` when there is no file at all. */
  async latest(): Promise<Latest | null> {
    for (;;) {
      const generation = await this.latestGeneration();
      if (generation === 0) return null;
      try {
        const text = await readFile(this.fileOf(generation), 'utf8');
        return { generation, file: parse(text) };
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error; // a higher one has come meanwhile
      }
    }
  }

  /** Returns false when the generation exists already. */
  async create(generation: number, content: OwnerFile): Promise<boolean> {
    const path = this.fileOf(generation);
    const text = JSON.stringify(content);
    const temporary = join(this.path, `new-${randomBytes(8).toString('hex')}`);
    try {
      await makeDirectory(this.path);
      await writeNew(temporary, text);
    } catch (error) {
      throw explained(error, dirname(this.path));
    }
    try {
      await link(temporary, path); // appears with its content, or not at all
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      if (!hasNoHardLinks(error)) throw error;
      return await createUnlinked(path, text);
    } finally {
      await unlink(temporary);
    }
  }

  async remove(generation: number): Promise<void> {
    await rm(this.fileOf(generation), { force: true });
  }

  /** Deletes lower generations, lowest first: "mine is there and the next is not" stays a proof. */
  async removeBelow(generation: number): Promise<void> {
    const all = (await readdir(this.path)).map((name) => generationOf(name) ?? Infinity);
    for (const lower of all.filter((some) => some < generation).sort((a, b) => a - b)) {
      await this.remove(lower);
    }
  }

  /** When the heartbeat of a generation was; `null` when its file is gone. */
  async heartbeatOf(generation: number): Promise<number | null> {
    try {
      return (await stat(this.fileOf(generation))).mtimeMs;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
  }
}

function parse(text: string): OwnerFile | 'unreadable' {
  try {
    return ownerFileSchema.parse(JSON.parse(text));
  } catch {
    return 'unreadable';
  }
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// FAT and exFAT. Then the file is there for a moment without its content.
function hasNoHardLinks(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(error) ?? '');
}

async function createUnlinked(path: string, text: string): Promise<boolean> {
  try {
    await writeNew(path, text);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
