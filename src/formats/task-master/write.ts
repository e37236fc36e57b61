import type { Node } from 'jsonc-parser';
import type { SubtaskStatus } from '../../model/status';
import type { PlanSource, StatusChange, TextEdit } from '../format';
import { memberAfter, memberBefore, valueEdit } from '../json-edits';
import { timestampLike } from '../timestamps';
import type { Item, Leaf } from './items';
import { readTags } from './read';
import { statusOfWord, wordOfStatus } from './words';

/** The texts of single values, or one new member; the rest of the file stays as it is. */
export function writeStatus(source: PlanSource, change: StatusChange): TextEdit[] | null {
  const tag = readTags(source).tags.find(({ plan }) => plan.name === change.plan);
  const leaf = tag?.leaves.find(({ subtask }) => subtask.key === change.key);
  if (tag === undefined || leaf === undefined) return null;
  const word = wordOfStatus(change.status);
  const { fileStatus } = leaf.subtask;
  const says = fileStatus === null ? null : statusOfWord(fileStatus);
  if (word === null || (says !== null && wordOfStatus(says) === word)) return [];
  const own = statusEdit(source.text, leaf.item, word);
  if (own === null) return [];
  return [
    own,
    ...stamped(leaf.item.members.get('updatedAt'), change.at),
    ...parentEdits(leaf, word, change),
    ...stamped(tag.metadata.get('updated'), change.at),
  ];
}

function statusEdit(text: string, item: Item, word: string): TextEdit | null {
  const node = item.members.get('status');
  if (node !== undefined) return valueEdit(node, word);
  // Without a word of its own a subtask follows its task, and is open for everybody else.
  return word === 'done' ? insertion(text, item, word) : null;
}

function stamped(node: Node | undefined, at: string): TextEdit[] {
  const written: unknown = node?.value;
  if (node === undefined || typeof written !== 'string') return [];
  const time = timestampLike(written, at);
  return time === null || time === written ? [] : [valueEdit(node, time)];
}

function parentEdits({ parent, subtask }: Leaf, word: string, change: StatusChange): TextEdit[] {
  const node = parent?.item.members.get('status');
  if (parent === null || node === undefined) return [];
  const isDone = (status: SubtaskStatus) => status === 'claimed' || status === 'done';
  const others = parent.leaves.filter((leaf) => leaf.subtask !== subtask);
  const allDone =
    word === 'done' &&
    others.every((other) => isDone(change.known.get(other.subtask.key) ?? other.subtask.status));
  const follows =
    (allDone && parent.status !== 'claimed') ||
    (word === 'in-progress' && parent.status === 'pending');
  if (!follows) return [];
  return [valueEdit(node, word), ...stamped(parent.item.members.get('updatedAt'), change.at)];
}

/** A new member before the one that follows the names, laid out as that is. */
function insertion(text: string, { node }: Item, word: string): TextEdit | null {
  const properties = node.children ?? [];
  const named = properties.findLastIndex(({ children }) =>
    ['id', 'title', 'description'].includes(String(children?.[0]?.value)),
  );
  const [next, last] = [properties[named + 1], properties.at(-1)];
  if (next !== undefined) return memberBefore(text, next, 'status', word);
  return last === undefined ? null : memberAfter(text, last, 'status', word);
}
