import type { Gate, Phase, Plan, SourceRange, Subtask } from '../model/plan';
import type { PlanDocument } from './document';
import { spansOf } from './outline';
import { contains, type Range } from './positions';

/** Numbers of the Language Server Protocol. */
export const symbolKinds = { phase: 3, subtask: 12, gate: 24 } as const;

export interface DocumentSymbol {
  name: string;
  detail: string;
  kind: (typeof symbolKinds)[keyof typeof symbolKinds];
  range: Range;
  /** Inside `range`. */
  selectionRange: Range;
  children: DocumentSymbol[];
}

/** Phases with their subtasks and gates; those of a file without phases stand at the top. */
export function symbolsOf(document: PlanDocument): DocumentSymbol[] {
  return document.reading.plans.flatMap((plan) => planSymbols(document, plan));
}

function planSymbols(document: PlanDocument, plan: Plan): DocumentSymbol[] {
  const spans = spansOf(plan, document.text);
  const placed = new Set<Gate>();
  const symbols = plan.phases.flatMap((phase) => {
    const span = spans.get(phase) ?? phase.range;
    const gates = plan.gates.filter(
      (gate) => !placed.has(gate) && contains(span, gate.range.start),
    );
    for (const gate of gates) placed.add(gate);
    const children = sorted([
      ...phase.subtasks.map((subtask) => subtaskSymbol(document, subtask)),
      ...gates.map((gate) => gateSymbol(document, gate)),
    ]);
    return phase.id === null ? children : [phaseSymbol(document, phase, span, children)];
  });
  const rest = plan.gates.filter((gate) => !placed.has(gate));
  return sorted([...symbols, ...rest.map((gate) => gateSymbol(document, gate))]);
}

function phaseSymbol(
  { positions }: PlanDocument,
  phase: Phase,
  span: SourceRange,
  children: DocumentSymbol[],
): DocumentSymbol {
  const selectionRange = positions.rangeOf(phase.range);
  const name = phase.title === '' ? phase.key : phase.title;
  const range = positions.rangeOf(span);
  return { name, detail: '', kind: symbolKinds.phase, range, selectionRange, children };
}

function subtaskSymbol({ positions }: PlanDocument, subtask: Subtask): DocumentSymbol {
  const { idRange, title, id } = subtask;
  const hasId = subtask.keyOrigin === 'declared' && title !== id;
  const range = positions.rangeOf(subtask.range);
  return {
    name: (hasId ? `${id} ${title}` : title).trim() || id,
    detail: subtask.optional ? 'optional' : '',
    kind: symbolKinds.subtask,
    range,
    selectionRange: idRange === null ? firstLineOf(range) : positions.rangeOf(idRange),
    children: [],
  };
}

function gateSymbol({ positions }: PlanDocument, gate: Gate): DocumentSymbol {
  const range = positions.rangeOf(gate.range);
  const selectionRange = firstLineOf(range);
  return {
    name: gate.title,
    detail: 'gate',
    kind: symbolKinds.gate,
    range,
    selectionRange,
    children: [],
  };
}

function firstLineOf({ start, end }: Range): Range {
  return start.line === end.line ? { start, end } : { start, end: start };
}

function sorted(symbols: DocumentSymbol[]): DocumentSymbol[] {
  return symbols.toSorted(
    (a, b) =>
      a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
  );
}
