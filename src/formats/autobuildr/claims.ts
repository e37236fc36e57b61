import type { Node } from 'jsonc-parser';
import type { Facts, Problem } from '../../model/plan';
import type { SubtaskStatus } from '../../model/status';
import { elementsOf, membersOf, numberOf, textOf } from '../json';
import { placeOf } from '../json-document';
import { problem } from '../problems';
import type { LineIndex } from '../text';
import type { ListDocument } from './document';
import type { ReadEntry } from './entry';

// What a list says of itself, held against what it holds. Nothing here is believed.

export function listProblems(document: ListDocument, entries: readonly ReadEntry[]): Problem[] {
  const { lines } = document;
  return [
    ...document.strangers.map((node) =>
      problem(
        'warning',
        'bad-entry',
        placeOf(node, lines),
        'A feature is an object; this is none, so it is left out. Write an object with a description, or remove it.',
      ),
    ),
    ...document.entries.flatMap(({ node }) => duplicateKeys(node, lines)),
    ...duplicateKeys(document.root, lines),
    ...duplicateNames(entries),
    ...entries.flatMap((entry) => contradictedTick(entry, lines)),
    ...wrongCounts(document, entries),
  ];
}

/** Of a key that stands twice in an object the last counts. */
function duplicateKeys(node: Node, lines: LineIndex): Problem[] {
  if (node.type !== 'object') return [];
  const seen = new Set<string>();
  return (node.children ?? []).flatMap((property): Problem[] => {
    const name = textOf(property.children?.[0]) ?? '';
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const message = `The key ${name} stands twice in one object; the last counts. Remove the other.`;
    return [problem('warning', 'duplicate-key', placeOf(property, lines), message)];
  });
}

function duplicateNames(entries: readonly ReadEntry[]): Problem[] {
  const first = new Map<string, string>();
  const named = entries.filter(({ members }) => members.has('title') || members.has('name'));
  return named.flatMap(({ subtask }): Problem[] => {
    const name = subtask.title.toLowerCase();
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, subtask.id);
      return [];
    }
    const message = `${subtask.id} has the name of ${before}. Remove one of them, or say what differs.`;
    return [problem('info', 'duplicate-name', subtask, message)];
  });
}

/** A feature that is ticked though one of its own steps says that it is not done. */
function contradictedTick({ members, subtask }: ReadEntry, lines: LineIndex): Problem[] {
  if (subtask.status !== 'claimed') return [];
  const open = elementsOf(members.get('steps')).find((step) => {
    const own = membersOf(step);
    return ['implemented', 'passes', 'done'].some((key) => own.get(key)?.value === false);
  });
  if (open === undefined) return [];
  const message = `${subtask.id} is marked as done, but this step of it is not. One of the two is wrong.`;
  return [problem('warning', 'tick-contradicts-steps', placeOf(open, lines), message)];
}

const statusOfTotal: Readonly<Record<string, SubtaskStatus | null>> = {
  total_features: null,
  completed_features: 'claimed',
  in_progress_features: 'in_progress',
  planned_features: 'pending',
};

/** A number by which the file says how many features it has, or has in one status. */
export interface Total {
  key: string;
  node: Node;
  claimed: number;
  /** `null`: of all features. */
  status: SubtaskStatus | null;
}

export function totalsOf({ members }: ListDocument): Total[] {
  const places = ['metadata', 'summary', 'stats'].map((key) => membersOf(members.get(key)));
  return [members, ...places].flatMap((place) =>
    Object.entries(statusOfTotal).flatMap(([key, status]): Total[] => {
      const node = place.get(key);
      const claimed = numberOf(node);
      return node === undefined || claimed === null ? [] : [{ key, node, claimed, status }];
    }),
  );
}

export function countOf(entries: readonly ReadEntry[], status: SubtaskStatus | null): number {
  if (status === null) return entries.length;
  return entries.filter(({ subtask }) => subtask.status === status).length;
}

function wrongCounts(document: ListDocument, entries: readonly ReadEntry[]): Problem[] {
  return totalsOf(document).flatMap(({ key, node, claimed, status }) => {
    const count = countOf(entries, status);
    if (claimed === count) return [];
    const message = `${key} says ${claimed}; the list has ${count}. The entries count.`;
    const at = placeOf(node, document.lines);
    return [problem('info', 'count-mismatch', at, message, String(count))];
  });
}

/** What the list claims in numbers, and how many steps its features have. */
export function listFacts(document: ListDocument, entries: readonly ReadEntry[]): Facts {
  const totals = totalsOf(document);
  const total = totals.find(({ status }) => status === null)?.claimed;
  const done = totals.find(({ status }) => status === 'claimed')?.claimed;
  const steps = entries.map(({ members }) => elementsOf(members.get('steps')).length);
  return {
    steps: steps.reduce((sum, count) => sum + count, 0),
    ...(total === undefined ? {} : { claimed_features: total }),
    ...(total === undefined || done === undefined ? {} : { claimed: [done, total] }),
  };
}
