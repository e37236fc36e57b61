import { fileAt, positionsIn, type PlanDocument } from './document';
import { elementAt, fileOfSubtask, isSame, pathOf, usesOf, type Element } from './elements';
import type { Position, Range } from './positions';

/** A place in one of the files of a plan. */
export interface Target {
  /** Workspace-relative, with `/`. */
  path: string;
  range: Range;
}

/**
 * Where the subtask, phase or gate is introduced whose id stands at the position, and the file of
 * its own that it has; empty: the position names none.
 */
export function definitionsAt(document: PlanDocument, position: Position): Target[] {
  const named = elementAt(document, position);
  if (named === null) return [];
  const { element } = named;
  const own = element.kind === 'subtask' ? fileOfSubtask(document, element.subtask) : null;
  const top = { line: 0, character: 0 };
  const file = own === null ? [] : [{ path: own, range: { start: top, end: top } }];
  return [...declarationOf(document, element), ...file];
}

/** Every place that names what stands at the position: the document's own file first. */
export function referencesAt(
  document: PlanDocument,
  position: Position,
  includeDeclaration: boolean,
): Target[] {
  const named = elementAt(document, position);
  if (named === null || document.whole === null) return [];
  const { element } = named;
  const uses = usesOf(document.whole, document.files.source.path)
    .filter((use) => isSame(use.element, element))
    .flatMap(({ path, range }): Target[] => {
      const positions = positionsIn(document, path);
      return positions === null ? [] : [{ path, range: positions.rangeOf(range) }];
    });
  const all = includeDeclaration ? [...declarationOf(document, element), ...uses] : uses;
  return all.toSorted((a, b) => order(document, a, b));
}

function declarationOf(document: PlanDocument, element: Element): Target[] {
  const { source } = document.files;
  const path = pathOf(element, source.path);
  const positions = positionsIn(document, path);
  // A folder has no text.
  if (positions === null || fileAt(source, path)?.text === '') return [];
  switch (element.kind) {
    case 'subtask': {
      const { idRange, line } = element.subtask;
      const range = idRange === null ? positions.rangeOfLine(line) : positions.rangeOf(idRange);
      return [{ path, range }];
    }
    case 'phase':
      return [{ path, range: positions.rangeOfLine(element.phase.line) }];
    case 'gate':
      return [{ path, range: positions.rangeOfLine(element.gate.line) }];
  }
}

function order({ path }: PlanDocument, a: Target, b: Target): number {
  const [first, second] = [a.range.start, b.range.start];
  if (a.path === b.path) return first.line - second.line || first.character - second.character;
  if (a.path === path || b.path === path) return a.path === path ? -1 : 1;
  return a.path < b.path ? -1 : 1;
}
