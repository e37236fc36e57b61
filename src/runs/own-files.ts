import { decodePlan, encodeFile } from '../formats/decode';
import { RunsheetError } from '../model/errors';
import { errorCode, type Files } from '../platform/files';
import type { PlanLibrary } from './plan-library';
import type { OpenDocuments } from './write-back';

/** Files that Runsheet writes as a whole, where nobody else's words are. */
export class OwnFiles {
  constructor(
    private readonly library: PlanLibrary,
    private readonly files: Files,
    private readonly documents: OpenDocuments,
  ) {}

  /** The text of a file in the workspace; `null` when nothing is there. */
  async read(path: string): Promise<string | null> {
    const bytes = await this.bytesOf(await this.library.locate(path));
    if (bytes === null || bytes.length === 0) return null;
    const { text, problem } = decodePlan(bytes);
    if (text !== null) return text;
    throw new RunsheetError('forbidden', `${path} is not written over: ${problem.message}`, {
      path,
    });
  }

  /**
   * Writes a text over an earlier one that is still there as it was read.
   * @throws RunsheetError `not_ready` while an editor holds other words, `version_conflict`.
   */
  async write(path: string, text: string, before: string | null): Promise<void> {
    if (this.documents.unsavedText(path) !== null) {
      const message = `${path} is open with changes that are not saved. Save or close it first.`;
      throw new RunsheetError('not_ready', message, { path });
    }
    if ((await this.read(path)) !== before) {
      const message = `${path} has changed in this moment. Write it again.`;
      throw new RunsheetError('version_conflict', message, { path });
    }
    await this.files.write(await this.library.locate(path), encodeFile(text));
  }

  private async bytesOf(file: string): Promise<Uint8Array | null> {
    try {
      return await this.files.read(file);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      throw error;
    }
  }
}
