import { decodePlan, encodeFile } from '../formats/decode';
import type { FileEdit, PlanSource, TextEdit } from '../formats/format';
import type { SubtaskStatus } from '../model/status';
import type { Clock } from '../platform/clock';
import type { Files } from '../platform/files';
import type { Log } from '../platform/log';
import { Mutex } from '../platform/mutex';
import type { PlanEntry, PlanLibrary } from './plan-library';
import { PlanLocks } from './plan-locks';

/** Documents that are open in an editor with changes that are not on the disk yet. */
export interface OpenDocuments {
  /** The text in the editor; `null` when the disk holds the truth. */
  unsavedText(path: string): string | null;
  /** Makes the edits in the editor, to a text that is still `before`. */
  apply(path: string, before: string, edits: readonly TextEdit[]): Promise<boolean>;
}

/** A plan with what Runsheet knows of its subtasks. */
export interface MarkedPlan {
  readonly entry: PlanEntry;
  /** By key. */
  statuses(): ReadonlyMap<string, SubtaskStatus>;
}

const tries = 5;

type Marking = boolean | 'changed meanwhile';

/** Reports statuses in plan files: the fewest bytes, and never over somebody else's change. */
export class WriteBack {
  private readonly queue = new Mutex();
  private readonly locks: PlanLocks;

  constructor(
    private readonly library: PlanLibrary,
    private readonly files: Files,
    private readonly documents: OpenDocuments,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.locks = new PlanLocks(files, clock);
  }

  /**
   * Marks a subtask in its file; `false` when nothing was written: the format has no mark, the
   * subtask is gone, or the file cannot be written. The database has the truth in every case.
   */
  async mark(plan: MarkedPlan, key: string, status: SubtaskStatus): Promise<boolean> {
    try {
      return await this.queue.run(() => this.markSoon(plan, key, status));
    } catch (error) {
      this.log.error(`${plan.entry.path} could not be marked`, error);
      return false;
    }
  }

  private async markSoon(plan: MarkedPlan, key: string, status: SubtaskStatus): Promise<boolean> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const result = await this.tryMark(plan, key, status);
      if (result !== 'changed meanwhile') return result;
    }
    this.log.warn('a plan file kept changing while its marker was to be written', {
      path: plan.entry.path,
      key,
    });
    return false;
  }

  /** What was written before a file turned out to be another is not asked for again. */
  private async tryMark(plan: MarkedPlan, key: string, status: SubtaskStatus): Promise<Marking> {
    const { entry } = plan;
    const source = this.sourceOf(entry);
    if (source === null) return false;
    const known = plan.statuses();
    const at = new Date(this.clock.now()).toISOString();
    const edits = entry.format.write(source, { plan: entry.plan.name, key, status, at, known });
    if (edits === null || edits.length === 0) return this.isFresh(entry, source);
    for (const [path, own] of byPath(edits)) {
      const text = path === source.path ? source.text : source.others?.get(path)?.text;
      const written = text !== undefined && (await this.write(entry, path, text, own));
      if (!written) {
        await this.library.refresh(path);
        return 'changed meanwhile';
      }
    }
    return true;
  }

  /** The plan's files as they are now, as far as editors and the library know. */
  private sourceOf({ path, files }: PlanEntry): PlanSource | null {
    const place = this.library.placeOf(path)?.place ?? null;
    if (place === null) return null;
    return files.reduce<PlanSource | null>((source, file) => {
      const unsaved = this.documents.unsavedText(file);
      return unsaved === null || source === null ? source : place.sourceWith(file, unsaved, source);
    }, place.source);
  }

  /** Nothing was to be written; that counts only for the texts that the disk still holds. */
  private async isFresh({ files }: PlanEntry, source: PlanSource): Promise<Marking> {
    for (const path of files) {
      const text = path === source.path ? source.text : source.others?.get(path)?.text;
      if (this.documents.unsavedText(path) !== null) continue;
      const { text: onDisk } = decodePlan(await this.files.read(await this.library.locate(path)));
      if (onDisk === text) continue;
      if (onDisk === null) return false;
      await this.library.refresh(path);
      return 'changed meanwhile';
    }
    return false;
  }

  /** `false`: the file holds another text by now. */
  private async write(
    { format }: PlanEntry,
    path: string,
    before: string,
    edits: readonly TextEdit[],
  ): Promise<boolean> {
    const unsaved = this.documents.unsavedText(path);
    if (unsaved !== null)
      return unsaved === before && (await this.documents.apply(path, before, edits));
    const file = await this.library.locate(path);
    const locks = format.locks?.({ path, text: before }) ?? { taken: null, awaited: [] };
    const absolute = (other: string) => this.library.absolute(other);
    const written = await this.locks.holding(file, locks, absolute, async () => {
      const bytes = await this.files.read(file);
      if (decodePlan(bytes).text !== before) return false;
      // It may have been saved since; then everything starts again from the new text.
      if (Buffer.compare(bytes, await this.files.read(file)) !== 0) return false;
      await this.files.write(file, encodeFile(applyEdits(before, edits)));
      return true;
    });
    if (written) await this.library.refresh(path);
    return written;
  }
}

function byPath(edits: readonly FileEdit[]): Map<string, FileEdit[]> {
  const files = new Map<string, FileEdit[]>();
  for (const edit of edits) files.set(edit.path, [...(files.get(edit.path) ?? []), edit]);
  return files;
}

export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const backwards = [...edits].sort((a, b) => b.range.start - a.range.start);
  return backwards.reduce(
    (edited, { range, text: replacement }) =>
      edited.slice(0, range.start) + replacement + edited.slice(range.end),
    text,
  );
}
