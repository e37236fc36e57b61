import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export type FileKind = 'file' | 'directory' | 'link' | 'other';

/** The file system, as far as the program needs it. Paths are absolute. */
export interface Files {
  read(path: string): Promise<Uint8Array>;
  /** Replaces the file in one step: a reader sees the old bytes or the new ones, never a part. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** `null` when nothing is there. Links are not followed. */
  kind(path: string): Promise<FileKind | null>;
  list(path: string): Promise<{ name: string; kind: FileKind }[]>;
  makeDirectory(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** The path with every link resolved; `null` when nothing is there. */
  resolve(path: string): Promise<string | null>;
}

function kindOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): FileKind {
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'directory' : 'other';
}

export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

export class NodeFiles implements Files {
  async read(path: string): Promise<Uint8Array> {
    return readFile(path);
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const existing = await unlessMissing(lstat(path));
    const temporary = join(
      dirname(path),
      `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`,
    );
    try {
      const handle = await open(temporary, 'wx', existing?.mode);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async kind(path: string): Promise<FileKind | null> {
    const entry = await unlessMissing(lstat(path));
    return entry === null ? null : kindOf(entry);
  }

  async list(path: string): Promise<{ name: string; kind: FileKind }[]> {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
  }

  async makeDirectory(path: string): Promise<void> {
    await mkdir(path, { recursive: true });
  }

  async remove(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true });
  }

  async resolve(path: string): Promise<string | null> {
    return unlessMissing(realpath(path));
  }
}
