import type {
  Definition,
  DocumentLink,
  Location,
  Position,
  SymbolInformation,
} from 'vscode-languageserver/node';
import { definitionsAt, referencesAt, type Target } from '../language/definition';
import { pathsIn } from '../language/links';
import { workspaceSymbols } from '../language/workspace-symbols';
import type { EngineContext } from './engine-context';
import type { PlanDocuments } from './plan-documents';

// Ways from one place of a plan to others, in any of its files.

export function definitionsFrom(
  documents: PlanDocuments,
  uri: string,
  position: Position,
): Definition | null {
  for (const document of documents.at(uri)) {
    const found = definitionsAt(document, position);
    if (found.length > 0) return found.map((target) => locationOf(documents, target));
  }
  return null;
}

export function referencesFrom(
  documents: PlanDocuments,
  uri: string,
  position: Position,
  includeDeclaration: boolean,
): Location[] {
  return documents
    .at(uri)
    .flatMap((document) => referencesAt(document, position, includeDeclaration))
    .map((target) => locationOf(documents, target));
}

function locationOf(documents: PlanDocuments, { path, range }: Target): Location {
  return { uri: documents.uriOf(path), range };
}

/** Links to the files that an open plan names, as far as they are in the workspace. */
export async function linksIn(
  documents: PlanDocuments,
  context: Pick<EngineContext, 'library'>,
  uri: string,
): Promise<DocumentLink[]> {
  const [document] = documents.at(uri);
  if (document === undefined) return [];
  const known = new Map<string, Promise<boolean>>();
  const isThere = (path: string): Promise<boolean> => {
    const asked = known.get(path) ?? context.library.isFile(path);
    known.set(path, asked);
    return asked;
  };
  const links: DocumentLink[] = [];
  for (const { range, paths } of pathsIn(document)) {
    const there = await firstOf(paths, isThere);
    if (there !== null) links.push({ range, target: documents.uriOf(there) });
  }
  return links;
}

async function firstOf(
  paths: readonly string[],
  isThere: (path: string) => Promise<boolean>,
): Promise<string | null> {
  for (const path of paths) if (await isThere(path)) return path;
  return null;
}

/** Subtasks and phases of all plans. */
export function symbolsIn(
  documents: PlanDocuments,
  { library }: Pick<EngineContext, 'library'>,
  query: string,
): SymbolInformation[] {
  return workspaceSymbols(library.all(), query).map(({ name, kind, containerName, path, line }) => {
    const start = { line, character: 0 };
    const location = { uri: documents.uriOf(path), range: { start, end: start } };
    return { name, kind, containerName, location };
  });
}
