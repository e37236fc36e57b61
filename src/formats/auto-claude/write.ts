import type { Node } from 'jsonc-parser';
import type { StatusChange, TextEdit } from '../format';
import { rangeOfNode } from '../json';
import { memberAfter } from '../json-edits';
import { readJsonPlan } from './read';
import type { PlanSource } from '../format';
import { statusOfWord, wordOfStatus } from './words';

/** Replaces one string token, or inserts one member; the rest of the file stays as it is. */
export function writeStatus(source: PlanSource, { key, status }: StatusChange): TextEdit[] | null {
  const leaf = readJsonPlan(source).leaves.find(({ subtask }) => subtask.key === key);
  if (leaf === undefined) return null;
  const word = wordOfStatus(status);
  if (word === null) return [];
  const { fileStatus } = leaf.subtask;
  // Without a word it is pending.
  const says = fileStatus === null ? 'pending' : statusOfWord(fileStatus);
  if (says !== null && wordOfStatus(says) === word) return [];
  const node = leaf.members.get('status');
  if (node !== undefined) return [{ range: rangeOfNode(node), text: JSON.stringify(word) }];
  const last = lastName(leaf.members)?.parent;
  return last === undefined ? [] : [memberAfter(source.text, last, 'status', word)];
}

/** The last of the members that name a subtask: a status that is missing goes behind it. */
function lastName(members: ReadonlyMap<string, Node>): Node | undefined {
  const present = ['description', 'title', 'id', 'subtask_id', 'chunk_id', 'name']
    .map((key) => members.get(key))
    .filter((node) => node !== undefined);
  return present.toSorted((a, b) => b.offset - a.offset)[0];
}
