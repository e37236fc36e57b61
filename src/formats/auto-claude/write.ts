import type { Node } from 'jsonc-parser';
import type { StatusChange, TextEdit } from '../format';
import { rangeOfNode } from '../json';
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
  const says = fileStatus === null ? null : statusOfWord(fileStatus);
  if (says !== null && wordOfStatus(says) === word) return [];
  const node = leaf.members.get('status');
  if (node !== undefined) return [{ range: rangeOfNode(node), text: JSON.stringify(word) }];
  return [insertion(source.text, leaf.members, word)].filter((edit) => edit !== null);
}

/** A new member behind the last of the naming ones, laid out as that one is. */
function insertion(
  text: string,
  members: ReadonlyMap<string, Node>,
  word: string,
): TextEdit | null {
  const present = ['description', 'title', 'id', 'subtask_id', 'chunk_id', 'name']
    .map((key) => members.get(key))
    .filter((node) => node !== undefined);
  const value = present.toSorted((a, b) => b.offset - a.offset)[0];
  const property = value?.parent;
  const name = property?.children?.[0];
  if (value === undefined || property === undefined || name === undefined) return null;
  const colon = text.slice(name.offset + name.length, value.offset);
  const gap = /\s*$/.exec(text.slice(0, property.offset))?.[0] ?? '';
  const end = value.offset + value.length;
  return { range: { start: end, end }, text: `,${gap}"status"${colon}${JSON.stringify(word)}` };
}
