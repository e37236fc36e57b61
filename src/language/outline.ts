import type { Phase, Plan, SourceRange } from '../model/plan';

/** Where each phase stands with all that belongs to it: up to the next one, or to its own end. */
export function spansOf(plan: Plan, text: string): Map<Phase, SourceRange> {
  const phases = plan.phases.toSorted((a, b) => a.range.start - b.range.start);
  return new Map(
    phases.map((phase, index): [Phase, SourceRange] => {
      const { start } = phase.range;
      const limit = phases[index + 1]?.range.start ?? text.length;
      const inside = phase.subtasks.map(({ range }) => range.end);
      const ends = [...inside, ...gateEnds(plan, start, limit)].filter((end) => end <= limit);
      const end = ends.reduce((most, one) => Math.max(most, one), phase.range.end);
      return [phase, { start, end }];
    }),
  );
}

function gateEnds(plan: Plan, start: number, limit: number): number[] {
  return plan.gates
    .filter(({ range }) => range.start >= start && range.start < limit)
    .map(({ range }) => range.end);
}
