import { relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { PlanSource } from '../formats/format';
import { formatOf, readPlan } from '../formats/registry';
import { planDocuments, type PlanDocument } from '../language/document';
import { isInside } from '../platform/paths';
import type { PlanPlace } from '../runs/plan-place';
import type { EngineContext } from './engine-context';

/** The texts and files that a document was read from. */
interface Read {
  /** Of all open files of the plan. */
  versions: string;
  place: PlanPlace | null;
  documents: PlanDocument[];
}

/** The plan files that are open in one client's editor, read as they stand there. */
export class PlanDocuments {
  readonly texts = new TextDocuments(TextDocument);
  private readonly known = new Map<string, Read>();

  constructor(private readonly context: Pick<EngineContext, 'workspace' | 'library'>) {}

  at(uri: string): PlanDocument[] {
    const text = this.texts.get(uri);
    const path = this.pathOf(uri);
    if (text === undefined || path === null) return [];
    const place = this.context.library.placeOf(path)?.place ?? null;
    const open = this.openIn(place, path);
    const versions = open.map((one) => `${one.uri}#${one.version}`).join('\n');
    const known = this.known.get(uri);
    // What stands in other files of the plan may have changed.
    if (known?.versions === versions && known.place === place) return known.documents;
    const documents = documentsOf(path, this.sourceOf(place, path, text, open), place);
    this.known.set(uri, { versions, place, documents });
    return documents;
  }

  /** The open files of the plan to which an open file belongs, itself included. */
  besides(uri: string): string[] {
    const path = this.pathOf(uri);
    if (path === null) return [];
    const place = this.context.library.placeOf(path)?.place ?? null;
    return this.openIn(place, path).map((one) => one.uri);
  }

  forget(uri: string): void {
    this.known.delete(uri);
  }

  /** Workspace-relative, with `/`; `null` outside the workspace and for other schemes. */
  pathOf(uri: string): string | null {
    if (!uri.startsWith('file:')) return null;
    const path = fileURLToPath(uri);
    const { workspace } = this.context;
    return isInside(workspace, path) ? relative(workspace, path).split(sep).join('/') : null;
  }

  /** As the client names the file where it has it open. */
  uriOf(path: string): string {
    const open = this.texts.keys().find((uri) => this.pathOf(uri) === path);
    return open ?? pathToFileURL(this.context.library.absolute(path)).href;
  }

  private openIn(place: PlanPlace | null, path: string): TextDocument[] {
    return this.texts.all().filter(({ uri }) => {
      const own = this.pathOf(uri);
      return own !== null && (own === path || place?.has(own) === true);
    });
  }

  private sourceOf(
    place: PlanPlace | null,
    path: string,
    text: TextDocument,
    open: readonly TextDocument[],
  ): PlanSource {
    if (place === null) return { path, text: text.getText() };
    let source = place.sourceWith(path, text.getText());
    for (const other of open) {
      const own = this.pathOf(other.uri);
      const now = other.getText();
      if (own === null || own === path || place.textOf(own) === now) continue;
      source = place.sourceWith(own, now, source);
    }
    return source;
  }
}

function documentsOf(path: string, source: PlanSource, place: PlanPlace | null): PlanDocument[] {
  const format = place?.format ?? formatOf(source);
  const reading = readPlan(source, format);
  return format === null || reading === null
    ? []
    : planDocuments(path, { source, format, reading });
}
