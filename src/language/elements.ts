import {
  subtasksOf,
  type Dependency,
  type Gate,
  type Phase,
  type Plan,
  type SourceRange,
  type Subtask,
} from '../model/plan';
import { baseName } from '../formats/text';
import type { PlanDocument } from './document';
import { contains, type Position } from './positions';

/** Something in a plan that has an id. */
export type Element =
  | { kind: 'subtask'; plan: Plan; subtask: Subtask }
  | { kind: 'phase'; plan: Plan; phase: Phase }
  | { kind: 'gate'; plan: Plan; gate: Gate };

/** An element, and the place in a text that names it. */
export interface Named {
  element: Element;
  range: SourceRange;
}

/** The same in any file of the plan. */
export interface Use extends Named {
  path: string;
}

/** The subtask that a dependency means. */
export function subtaskNamed(plan: Plan, id: string): Subtask | undefined {
  return subtasksOf(plan).find(({ key }) => key === id);
}

export function phaseNamed(plan: Plan, id: string): Phase | undefined {
  return plan.phases.find((phase) => phase.id === id);
}

/** The file in which an element is introduced; `home` is where its plan is. */
export function pathOf(element: Element, home: string): string {
  switch (element.kind) {
    case 'subtask':
      return element.subtask.path ?? home;
    case 'phase':
      return element.phase.path ?? home;
    case 'gate':
      return home;
  }
}

export function isSame(a: Element, b: Element): boolean {
  return a.kind === b.kind && keyOf(a) === keyOf(b);
}

function keyOf(element: Element): string {
  switch (element.kind) {
    case 'subtask':
      return element.subtask.key;
    case 'phase':
      return element.phase.key;
    case 'gate':
      return element.gate.key;
  }
}

function usesIn(
  dependencies: readonly Dependency[],
  path: string,
  find: (id: string) => Element | null,
): Use[] {
  return dependencies.flatMap(({ id, range }): Use[] => {
    const element = range === null ? null : find(id);
    return element === null || range === null ? [] : [{ element, range, path }];
  });
}

/** Every place where a dependency names a subtask or a phase; `home` is where the plan is. */
export function usesOf(plan: Plan, home: string): Use[] {
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
    ...usesIn(phase.dependsOn, phase.path ?? home, findPhase),
    ...phase.subtasks.flatMap(({ dependsOn, path }) =>
      usesIn(dependsOn, path ?? home, findSubtask),
    ),
  ]);
}

/** The lines of the file on which the plan's phases, subtasks and gates are introduced. */
function declarationsIn({ positions, path, files }: PlanDocument, plan: Plan): Named[] {
  const home = files.source.path;
  const lineRange = (line: number): SourceRange => ({
    start: positions.offsetAt({ line: line - 1, character: 0 }),
    end: positions.offsetAt({ line: line - 1, character: Infinity }),
  });
  const onLine = (element: Element, line: number): Named[] =>
    pathOf(element, home) === path ? [{ element, range: lineRange(line) }] : [];
  return [
    ...subtasksOf(plan).flatMap((subtask): Named[] => {
      const element: Element = { kind: 'subtask', plan, subtask };
      const own = onLine(element, subtask.line);
      if (subtask.idRange === null || own.length === 0) return own;
      return [{ element, range: subtask.idRange }, ...own];
    }),
    ...plan.gates.flatMap((gate) => onLine({ kind: 'gate', plan, gate }, gate.line)),
    ...plan.phases
      .filter(({ id }) => id !== null)
      .flatMap((phase) => onLine({ kind: 'phase', plan, phase }, phase.line)),
  ];
}

/** What the text at a position names: an id in a dependency first, else the line's own element. */
export function elementAt(document: PlanDocument, position: Position): Named | null {
  const { whole, path, files } = document;
  if (whole === null) return null;
  const offset = document.positions.offsetAt(position);
  const uses = usesOf(whole, files.source.path).filter((use) => use.path === path);
  const named = [...uses, ...declarationsIn(document, whole)];
  const found = named.find(({ range }) => contains(range, offset));
  return found ?? subtaskOfFile(document, whole, position);
}

/** What a file is about that is named after a subtask, as the story files of a sprint are. */
function subtaskOfFile(
  { path, positions }: PlanDocument,
  plan: Plan,
  { line }: Position,
): Named | null {
  const subtask = line === 0 ? subtaskNamed(plan, stemOf(path)) : undefined;
  if (subtask === undefined) return null;
  const range = { start: 0, end: positions.offsetAt({ line: 0, character: Infinity }) };
  return { element: { kind: 'subtask', plan, subtask }, range };
}

/** The file of the plan that is named after a subtask; `null` where there is none. */
export function fileOfSubtask({ files: { source } }: PlanDocument, { id }: Subtask): string | null {
  for (const path of source.others?.keys() ?? []) if (stemOf(path) === id) return path;
  return null;
}

function stemOf(path: string): string {
  return baseName(path).replace(/\.[^.]*$/, '');
}
