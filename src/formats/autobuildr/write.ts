import type { Node } from 'jsonc-parser';
import type { SubtaskStatus } from '../../model/status';
import type { PlanSource, StatusChange, TextEdit } from '../format';
import { membersOf, rangeOfNode, textOf, textsOf } from '../json';
import { memberAfter, valueEdit } from '../json-edits';
import { countOf, totalsOf } from './claims';
import { isSet, type ListDocument } from './document';
import type { ReadEntry } from './entry';
import { readList, type ListReading } from './list';
import { statusOfWord, usualWord } from './words';

/** Edits of one entry, and the status that is read after them. */
interface Written {
  edits: TextEdit[];
  status: SubtaskStatus;
}

/**
 * The value of one entry, and totals that were right before. No key is added but `in_progress`,
 * where another entry has it. `null`: the feature is gone.
 */
export function writeStatus(source: PlanSource, { key, status }: StatusChange): TextEdit[] | null {
  const reading = readList(source);
  const { document, entries } = reading;
  const entry = entries.find(({ subtask }) => subtask.key === key);
  if (document === null || entry === undefined) return null;
  // A claim is as much as a file can say of what is done.
  const asked = status === 'done' ? 'claimed' : status;
  if (entry.subtask.status === asked || entry.field === null) return [];
  const isFlag = entry.field.node.type === 'boolean';
  const written = isFlag
    ? writeFlag(entry, entries, asked, source.text)
    : writeWord(entry.field.node, asked, { ...reading, document });
  if (written === null || written.edits.length === 0) return [];
  return [...written.edits, ...totalEdits(document, entries, entry, written.status)];
}

/** A flag says done or not done; all else stays in the database. */
function writeFlag(
  { members, field }: ReadEntry,
  entries: readonly ReadEntry[],
  status: SubtaskStatus,
  text: string,
): Written | null {
  if (field === null) return null;
  if (status === 'claimed') return { edits: [replace(field.node, 'true')], status };
  const edits = field.node.value === true ? [replace(field.node, 'false')] : [];
  const flag = members.get('in_progress');
  const begun = status === 'in_progress';
  if (flag?.type === 'boolean') {
    if (begun !== (flag.value === true) && (begun || status === 'pending'))
      edits.push(replace(flag, String(begun)));
  } else if (begun && flag === undefined && entries.some((other) => usesFlag(other))) {
    edits.push(memberAfter(text, field.node.parent ?? field.node, 'in_progress', true));
  }
  const cleared = status === 'pending' || !isSet(flag);
  const taken = isSet(members.get('claimed_by')) || !cleared || (begun && edits.length > 0);
  return { edits, status: taken ? 'in_progress' : 'pending' };
}

function usesFlag({ members }: ReadEntry): boolean {
  return members.get('in_progress')?.type === 'boolean';
}

function writeWord(
  node: Node,
  status: SubtaskStatus,
  reading: ListReading & { document: ListDocument },
): Written | null {
  const word = ownWord(status, reading) ?? usualWord(status);
  if (word === null) return null;
  return { edits: [valueEdit(node, word)], status };
}

/** The word that the file itself has for a status: its entries, its legend, its list of words. */
function ownWord(
  status: SubtaskStatus,
  { entries, document: { members } }: ListReading & { document: ListDocument },
): string | null {
  const counts = new Map<string, number>();
  for (const { field } of entries) {
    const word = field?.node.type === 'string' ? textOf(field.node) : null;
    if (word !== null && statusOfWord(word) === status)
      counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const [used] = [...counts].toSorted((a, b) => b[1] - a[1]);
  if (used !== undefined) return used[0];
  const legend = members.get('status_legend');
  const listed = [
    ...membersOf(legend).keys(),
    ...[legend, members.get('allowed_statuses'), members.get('valid_status')].flatMap(textsOf),
  ];
  return listed.find((word) => statusOfWord(word) === status) ?? null;
}

/** Totals follow the change only where they agreed with the list. */
function totalEdits(
  document: ListDocument,
  entries: readonly ReadEntry[],
  { subtask }: ReadEntry,
  after: SubtaskStatus,
): TextEdit[] {
  return totalsOf(document).flatMap(({ node, claimed, status }) => {
    if (status === null || claimed !== countOf(entries, status)) return [];
    const change = Number(after === status) - Number(subtask.status === status);
    return change === 0 ? [] : [replace(node, String(claimed + change))];
  });
}

function replace(node: Node, text: string): TextEdit {
  return { range: rangeOfNode(node), text };
}
