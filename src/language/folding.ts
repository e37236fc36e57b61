import { subtasksOf, type SourceRange } from '../model/plan';
import type { PlanDocument } from './document';
import { spansOf } from './outline';

/** Zero-based lines; the first one stays visible. */
export interface FoldingRange {
  startLine: number;
  endLine: number;
}

/** Phases, and subtasks and gates with lines below their own. */
export function foldingRangesOf(document: PlanDocument): FoldingRange[] {
  const ranges = document.reading.plans.flatMap((plan): SourceRange[] => [
    ...[...spansOf(plan, document.text)]
      .filter(([phase]) => phase.id !== null)
      .map(([, span]) => span),
    ...subtasksOf(plan).map(({ range }) => range),
    ...plan.gates.map(({ range }) => range),
  ]);
  return ranges
    .map((range) => document.positions.rangeOf(range))
    .map(({ start, end }) => ({ startLine: start.line, endLine: end.line }))
    .filter(({ startLine, endLine }) => endLine > startLine)
    .sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}
