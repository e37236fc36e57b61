import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, type Files } from '../platform/files';
import type { Log } from '../platform/log';

/**
 * Tells a database that this person's engines have written from one that came with the workspace.
 * A repository can ship a `.runsheet` folder; what was approved or going on in it, nobody here has
 * approved or started. The proof is a seal over the workspace's path with a key of the person's
 * own, which no repository knows.
 */
export class Origin {
  constructor(
    private readonly workspace: string,
    /** Holds the person's key; outside every workspace. */
    private readonly keyFile: string,
    private readonly files: Files,
    private readonly log: Log,
  ) {}

  async isOurs(): Promise<boolean> {
    const key = await this.readKey();
    const seal = await this.readSeal();
    if (key === null || seal === null) return false;
    const expected = sealOf(key, this.workspace);
    return seal.length === expected.length && timingSafeEqual(seal, expected);
  }

  /** From now on the database counts as ours. Where no key can be kept, it does until we end. */
  async claim(): Promise<void> {
    try {
      const key = (await this.readKey()) ?? (await this.makeKey());
      await this.files.makeDirectory(dirname(this.sealFile));
      await this.files.write(this.sealFile, sealOf(key, this.workspace));
    } catch (error) {
      this.log.error(`${this.keyFile} cannot be kept: commands must be approved again`, error);
    }
  }

  private get sealFile(): string {
    return join(this.workspace, '.runsheet', 'origin');
  }

  private async readSeal(): Promise<Buffer | null> {
    return unlessMissing(readFile(this.sealFile));
  }

  private async readKey(): Promise<Buffer | null> {
    const key = await unlessMissing(readFile(this.keyFile));
    return key?.length === keyBytes ? key : null;
  }

  private async makeKey(): Promise<Buffer> {
    const key = randomBytes(keyBytes);
    await mkdir(dirname(this.keyFile), { recursive: true, mode: 0o700 });
    try {
      const file = await open(this.keyFile, 'wx', 0o600);
      try {
        await file.writeFile(key);
      } finally {
        await file.close();
      }
      return key;
    } catch (error) {
      const theirs = errorCode(error) === 'EEXIST' ? await this.readKey() : null;
      if (theirs === null) throw error;
      return theirs;
    }
  }
}

const keyBytes = 32;

function sealOf(key: Buffer, workspace: string): Buffer {
  return Buffer.from(createHmac('sha256', key).update(workspace).digest('hex'));
}

async function unlessMissing(reading: Promise<Buffer>): Promise<Buffer | null> {
  try {
    return await reading;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Where a person's own settings of Runsheet are, by the rules of the system. */
export function keyFileOf(
  variables: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const folder = variables['XDG_CONFIG_HOME'] ?? variables['APPDATA'] ?? join(home, '.config');
  return join(folder, 'runsheet', 'key');
}
