import { decodeFile, encodeFile } from '../formats/decode';
import type { TextEdit } from '../formats/format';
import type { SubtaskStatus } from '../model/status';
import type { Files } from '../platform/files';
import type { Log } from '../platform/log';
import { Mutex } from '../platform/mutex';
import type { PlanEntry, PlanLibrary } from './plan-library';

/** Documents that are open in an editor with changes that are not on the disk yet. */
export interface OpenDocuments {
  /** The text in the editor; `null` when the disk holds the truth. */
  unsavedText(path: string): string | null;
  /** Makes the edits in the editor, to a text that is still `before`. */
  apply(path: string, before: string, edits: readonly TextEdit[]): Promise<boolean>;
}

const tries = 5;

/** Reports statuses in plan files: the fewest bytes, and never over somebody else's change. */
export class WriteBack {
  private readonly queue = new Mutex();

  constructor(
    private readonly library: PlanLibrary,
    private readonly files: Files,
    private readonly documents: OpenDocuments,
    private readonly log: Log,
  ) {}

  /**
   * Marks a subtask in its file; `false` when nothing was written: the format has no mark, the
   * subtask is gone, or the file cannot be written. The database has the truth in every case.
   */
  async mark(entry: PlanEntry, key: string, status: SubtaskStatus): Promise<boolean> {
    try {
      return await this.queue.run(() => this.markSoon(entry, key, status));
    } catch (error) {
      this.log.error(`${entry.path} could not be marked`, error);
      return false;
    }
  }

  private async markSoon(entry: PlanEntry, key: string, status: SubtaskStatus): Promise<boolean> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const result = await this.tryMark(entry, key, status);
      if (result !== 'changed meanwhile') return result;
    }
    this.log.warn('a plan file kept changing while its marker was to be written', {
      path: entry.path,
      key,
    });
    return false;
  }

  private async tryMark(
    entry: PlanEntry,
    key: string,
    status: SubtaskStatus,
  ): Promise<boolean | 'changed meanwhile'> {
    const unsaved = this.documents.unsavedText(entry.path);
    if (unsaved !== null) {
      const edits = this.editsFor(entry, unsaved, key, status);
      if (edits === null) return false;
      const applied = await this.documents.apply(entry.path, unsaved, edits);
      return applied ? true : 'changed meanwhile';
    }
    const path = await this.library.locate(entry.path);
    const bytes = await this.files.read(path);
    const { text } = decodeFile(bytes);
    const edits = text === null ? null : this.editsFor(entry, text, key, status);
    if (text === null || edits === null) return false;
    // The plan may have been saved since it was read; then everything starts again from the new text.
    if (Buffer.compare(bytes, await this.files.read(path)) !== 0) return 'changed meanwhile';
    await this.files.write(path, encodeFile(applyEdits(text, edits)));
    await this.library.refresh(entry.path);
    return true;
  }

  private editsFor(
    entry: PlanEntry,
    text: string,
    key: string,
    status: SubtaskStatus,
  ): TextEdit[] | null {
    const change = { plan: entry.plan.name, key, status, at: '', known: new Map() };
    const edits = entry.format.write({ path: entry.path, text }, change);
    return edits === null || edits.length === 0 ? null : edits;
  }
}

export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const backwards = [...edits].sort((a, b) => b.range.start - a.range.start);
  return backwards.reduce(
    (edited, { range, text: replacement }) =>
      edited.slice(0, range.start) + replacement + edited.slice(range.end),
    text,
  );
}
