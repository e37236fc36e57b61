import type { Node } from 'jsonc-parser';
import type { Phase } from '../../model/plan';
import { elementsOf, membersOf } from '../json';
import type { JsonDocument } from '../json-document';

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

/** The lists of a plan; `null` when the file has no plan's body. */
export function groupsOf({ root, members }: JsonDocument): Group[] | null {
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
