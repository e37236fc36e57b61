import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { RunsheetError } from '../model/errors';
import { errorCode } from '../platform/files';
import { syncDirectory } from './sqlite/host-calls';

/** What a row needs to name a stored file. */
export interface StoredContent {
  /** sha256 of the bytes, lower-case hex. */
  contentHash: string;
  sizeBytes: number;
}

/**
 * Contents too large for a row, each in a file named by its hash: `.runsheet/artifacts/<sha256>`.
 * Equal contents share a file.
 */
export class ArtifactFiles {
  constructor(private readonly directory: string) {}

  /** The content is on the disk when this resolves, so a row may name it. */
  async write(content: Uint8Array): Promise<StoredContent> {
    const contentHash = createHash('sha256').update(content).digest('hex');
    const stored = { contentHash, sizeBytes: content.length };
    const path = join(this.directory, contentHash);
    // Touched, so that nobody takes it for one that is not needed any more.
    if ((await sizeOf(path)) === content.length && (await touch(path))) return stored;
    await mkdir(this.directory, { recursive: true });
    const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
    try {
      const handle = await open(temporary, 'wx');
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, path);
      syncDirectory(this.directory);
      return stored;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Everything that lies there. */
  async list(): Promise<StoredContent[]> {
    const names = await readdir(this.directory).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
      return [];
    });
    const hashes = names.filter((name) => isHash(name));
    const sizes = await Promise.all(hashes.map((hash) => sizeOf(join(this.directory, hash))));
    return hashes.map((contentHash, index) => ({ contentHash, sizeBytes: sizes[index] ?? 0 }));
  }

  /** Throws `not_found` when the file is gone, `corrupt_database` when it is not what was stored. */
  async read(contentHash: string): Promise<Uint8Array> {
    const path = join(this.directory, assertHash(contentHash));
    const content = await readFile(path).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
      throw new RunsheetError('not_found', `The stored content ${path} is gone.`, { path });
    });
    if (createHash('sha256').update(content).digest('hex') === contentHash) return content;
    throw new RunsheetError('corrupt_database', `The stored content ${path} is damaged.`, { path });
  }

  /** Does nothing when there is no such file. */
  async remove(contentHash: string): Promise<void> {
    await rm(join(this.directory, assertHash(contentHash)), { force: true });
  }

  /**
   * Removes a file unless it was written or asked for since `before`: a row that names it may be on
   * its way. Returns whether it is gone.
   */
  async removeUnused(contentHash: string, before: Date): Promise<boolean> {
    const path = join(this.directory, assertHash(contentHash));
    const aside = `${path}.${randomBytes(6).toString('hex')}.old`;
    try {
      // Who writes the same content from here on writes a new file.
      await rename(path, aside);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return true;
      throw error;
    }
    if ((await stat(aside)).mtime < before) await rm(aside);
    else await rename(aside, path);
    return (await sizeOf(path)) === null;
  }
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

// It becomes a file name, so nothing else may pass.
function assertHash(text: string): string {
  if (isHash(text)) return text;
  throw new RunsheetError('validation', `"${text.slice(0, 100)}" is not a content hash.`);
}

/** `false` when it is gone. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(path, now, now);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
