import type { PlanDocument } from './document';
import { elementAt, usesOf, type Element } from './elements';
import type { Position, Range } from './positions';

/** Where the subtask or phase is introduced whose id stands at the position; `null`: none does. */
export function definitionAt(document: PlanDocument, position: Position): Range | null {
  const named = elementAt(document, position);
  return named === null ? null : declarationOf(document, named.element);
}

/** Every place that names what stands at the position, in the order of the file. */
export function referencesAt(
  document: PlanDocument,
  position: Position,
  includeDeclaration: boolean,
): Range[] {
  const named = elementAt(document, position);
  if (named === null) return [];
  const { element } = named;
  const uses = usesOf(element.plan)
    .filter((use) => isSame(use.element, element))
    .map((use) => document.positions.rangeOf(use.range));
  const all = includeDeclaration ? [declarationOf(document, element), ...uses] : uses;
  return all.toSorted((a, b) => compare(a.start, b.start));
}

function declarationOf({ positions }: PlanDocument, element: Element): Range {
  switch (element.kind) {
    case 'subtask': {
      const { idRange, line } = element.subtask;
      return idRange === null ? positions.rangeOfLine(line) : positions.rangeOf(idRange);
    }
    case 'phase':
      return positions.rangeOfLine(element.phase.line);
    case 'gate':
      return positions.rangeOfLine(element.gate.line);
  }
}

function isSame(a: Element, b: Element): boolean {
  if (a.kind === 'subtask') return b.kind === 'subtask' && a.subtask === b.subtask;
  if (a.kind === 'phase') return b.kind === 'phase' && a.phase === b.phase;
  return b.kind === 'gate' && a.gate === b.gate;
}

function compare(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}
