import type { Node } from 'jsonc-parser';
import type { Phase, Problem } from '../../model/plan';
import { elementsOf, membersOf, parseJson, rangeOfNode } from '../json';
import { problem, type Place } from '../problems';
import { LineIndex } from '../text';

/** The JSON file with what leads from it to lines. */
export interface PlanDocument {
  root: Node;
  members: Map<string, Node>;
  lines: LineIndex;
}

/** One list of subtasks: a phase, or the whole of a flat plan. */
export interface Group {
  /** `null` for a flat plan. */
  phase: Node | null;
  members: Map<string, Node>;
  leaves: Node[];
}

/** A phase with the group that it was read from. */
export interface ReadGroup {
  group: Group;
  phase: Phase;
}

export function readDocument(text: string): { document: PlanDocument | null; problems: Problem[] } {
  const lines = new LineIndex(text);
  const { root, error } = parseJson(text);
  if (error !== null) {
    const range = { start: error.offset, end: error.offset + 1 };
    const at = { line: lines.lineAt(error.offset), range };
    const message = `The file is no valid JSON: ${error.message}. Nothing of it is read until it is repaired.`;
    return {
      document: null,
      problems: [problem('error', 'invalid-json', at, message), ...conflicts(text, lines)],
    };
  }
  return { document: { root, members: membersOf(root), lines }, problems: [] };
}

function conflicts(text: string, lines: LineIndex): Problem[] {
  const marker = /^(?:<{7}|>{7}) /m.exec(text);
  if (marker === null) return [];
  const range = { start: marker.index, end: marker.index + 7 };
  const at = { line: lines.lineAt(marker.index), range };
  const message = 'The file holds unresolved merge conflicts. Resolve them first.';
  return [problem('error', 'merge-conflict-markers', at, message)];
}

/** The lists of a plan; `null` when the file has no plan's body. */
export function groupsOf({ root, members }: PlanDocument): Group[] | null {
  const phases = members.get('phases');
  if (phases?.type === 'array')
    return elementsOf(phases)
      .filter((node) => node.type === 'object')
      .map((phase) => ({ phase, members: membersOf(phase), leaves: leavesOf(membersOf(phase)) }));
  const list = members.get('subtasks') ?? members.get('chunks');
  if (root.type !== 'object' || list?.type !== 'array') return null;
  return [{ phase: null, members, leaves: leavesOf(members) }];
}

function leavesOf(members: ReadonlyMap<string, Node>): Node[] {
  const list = members.get('subtasks') ?? members.get('chunks');
  return elementsOf(list).filter((node) => node.type === 'object');
}

export function placeOf(node: Node, lines: LineIndex): Place {
  return { line: lines.lineAt(node.offset), range: rangeOfNode(node) };
}
