import {
  subtasksOf,
  type Dependency,
  type Gate,
  type Phase,
  type Plan,
  type SourceRange,
  type Subtask,
} from '../model/plan';
import type { PlanDocument } from './document';
import { contains, type Position } from './positions';

/** Something in a plan that has an id. */
export type Element =
  | { kind: 'subtask'; plan: Plan; subtask: Subtask }
  | { kind: 'phase'; plan: Plan; phase: Phase }
  | { kind: 'gate'; plan: Plan; gate: Gate };

/** An element, and the place in the text that names it. */
export interface Named {
  element: Element;
  range: SourceRange;
}

/** The subtask that a dependency means. */
export function subtaskNamed(plan: Plan, id: string): Subtask | undefined {
  return subtasksOf(plan).find(({ key }) => key === id);
}

export function phaseNamed(plan: Plan, id: string): Phase | undefined {
  return plan.phases.find((phase) => phase.id === id);
}

function usesIn(
  dependencies: readonly Dependency[],
  find: (id: string) => Element | null,
): Named[] {
  return dependencies.flatMap(({ id, range }): Named[] => {
    const element = range === null ? null : find(id);
    return element === null || range === null ? [] : [{ element, range }];
  });
}

/** Every place where a dependency names a subtask or a phase. */
export function usesOf(plan: Plan): Named[] {
  const subtasks = new Map(subtasksOf(plan).map((subtask) => [subtask.key, subtask]));
  const findSubtask = (id: string): Element | null => {
    const subtask = subtasks.get(id);
    return subtask === undefined ? null : { kind: 'subtask', plan, subtask };
  };
  const findPhase = (id: string): Element | null => {
    const phase = phaseNamed(plan, id);
    return phase === undefined ? null : { kind: 'phase', plan, phase };
  };
  return plan.phases.flatMap((phase) => [
    ...usesIn(phase.dependsOn, findPhase),
    ...phase.subtasks.flatMap((subtask) => usesIn(subtask.dependsOn, findSubtask)),
  ]);
}

/** The lines on which the plan's phases, subtasks and gates are introduced. */
function declarationsOf(document: PlanDocument, plan: Plan): Named[] {
  const { positions } = document;
  const lineRange = (line: number): SourceRange => ({
    start: positions.offsetAt({ line: line - 1, character: 0 }),
    end: positions.offsetAt({ line: line - 1, character: Infinity }),
  });
  const phases = plan.phases.filter(({ id }) => id !== null);
  return [
    ...subtasksOf(plan).flatMap((subtask): Named[] => {
      const element: Element = { kind: 'subtask', plan, subtask };
      const own = { element, range: lineRange(subtask.line) };
      return subtask.idRange === null ? [own] : [{ element, range: subtask.idRange }, own];
    }),
    ...plan.gates.map((gate): Named => {
      return { element: { kind: 'gate', plan, gate }, range: lineRange(gate.line) };
    }),
    ...phases.map((phase): Named => {
      return { element: { kind: 'phase', plan, phase }, range: lineRange(phase.line) };
    }),
  ];
}

/** What the text at a position names: an id in a dependency first, else the line's own element. */
export function elementAt(document: PlanDocument, position: Position): Named | null {
  const offset = document.positions.offsetAt(position);
  for (const plan of document.reading.plans) {
    const named = [...usesOf(plan), ...declarationsOf(document, plan)];
    const found = named.find(({ range }) => contains(range, offset));
    if (found !== undefined) return found;
  }
  return null;
}
