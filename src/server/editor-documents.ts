import type { TextEdit } from '../formats/format';
import type { OpenDocuments } from '../runs/write-back';

/** A document that is open in a client's editor. */
export interface EditorDocument {
  text(): string;
  /** Whether the editor's text differs from the disk. */
  isUnsaved(): boolean;
  apply(before: string, edits: readonly TextEdit[]): Promise<boolean>;
}

/** The plan files that are open in any client's editor, by workspace-relative path. */
export class EditorDocuments implements OpenDocuments {
  private readonly documents = new Map<string, Set<EditorDocument>>();

  add(path: string, document: EditorDocument): void {
    const open = this.documents.get(path) ?? new Set();
    this.documents.set(path, open.add(document));
  }

  remove(path: string, document: EditorDocument): void {
    const open = this.documents.get(path);
    open?.delete(document);
    if (open?.size === 0) this.documents.delete(path);
  }

  unsavedText(path: string): string | null {
    return this.unsaved(path)?.text() ?? null;
  }

  async apply(path: string, before: string, edits: readonly TextEdit[]): Promise<boolean> {
    return (await this.unsaved(path)?.apply(before, edits)) ?? false;
  }

  private unsaved(path: string): EditorDocument | undefined {
    return [...(this.documents.get(path) ?? [])].find((document) => document.isUnsaved());
  }
}
