import type { Clock } from '../platform/clock';
import type { ArtifactFiles } from '../store/artifact-files';
import { artifacts } from '../store/repositories/events';
import type { Store } from '../store/store';

export interface PruneRequest {
  /** Files that nothing has named for so long; `null`: however long. */
  olderThanMs: number | null;
  /** The oldest beyond so many bytes in all; `null`: however many. */
  maxBytes: number | null;
}

/** How much the files take that rows name. */
export interface ArtifactUsage {
  files: number;
  bytes: number;
}

const atOnce = 500;
/** A file that no row names may be younger: its row is on its way. */
const rowMs = 3_600_000;

/** Gives the disk back what stored outputs take; their rows stay and say that it was pruned. */
export class ArtifactKeeper {
  constructor(
    private readonly store: Store,
    private readonly files: ArtifactFiles,
    private readonly clock: Clock,
  ) {}

  async usage(): Promise<ArtifactUsage> {
    const files = await this.store.query(artifacts.files, undefined);
    return { files: files.length, bytes: files.reduce((sum, file) => sum + file.size_bytes, 0) };
  }

  /** How much was given back. */
  async prune({ olderThanMs, maxBytes }: PruneRequest, actor: string): Promise<ArtifactUsage> {
    const now = this.clock.now();
    const before = new Date(now - (olderThanMs ?? 0));
    const all = await this.store.query(artifacts.files, undefined);
    let excess = all.reduce((sum, file) => sum + file.size_bytes, 0) - (maxBytes ?? Infinity);
    const chosen = all.filter((file) => {
      const isOld = olderThanMs !== null && file.named_at < before.toISOString();
      const isChosen = isOld || excess > 0;
      if (isChosen) excess -= file.size_bytes;
      return isChosen;
    });
    const limit = maxBytes === null ? before : new Date(now);
    const given: ArtifactUsage = { files: 0, bytes: 0 };
    for (let at = 0; at < chosen.length; at += atOnce) {
      const hashes = chosen.slice(at, at + atOnce).map((file) => file.content_hash);
      const input = { hashes, before: limit.toISOString() };
      const pruned = new Set(await this.store.command(artifacts.prune, input, { actor }));
      for (const file of chosen.filter(({ content_hash: hash }) => pruned.has(hash))) {
        if (!(await this.files.removeUnused(file.content_hash, limit))) continue;
        given.files += 1;
        given.bytes += file.size_bytes;
      }
    }
    const left = await this.removeUnnamed(new Date(now - rowMs));
    return { files: given.files + left.files, bytes: given.bytes + left.bytes };
  }

  /** What a crash left between a file and its row. */
  private async removeUnnamed(before: Date): Promise<ArtifactUsage> {
    const given: ArtifactUsage = { files: 0, bytes: 0 };
    const lying = await this.files.list();
    // Asked afterwards: what came meanwhile has its row by now, or is young.
    const named = await this.store.query(artifacts.files, undefined);
    const hashes = new Set(named.map(({ content_hash: hash }) => hash));
    for (const { contentHash, sizeBytes } of lying) {
      if (hashes.has(contentHash)) continue;
      if (!(await this.files.removeUnused(contentHash, before))) continue;
      given.files += 1;
      given.bytes += sizeBytes;
    }
    return given;
  }
}
