import type { Node } from 'jsonc-parser';
import { noHints } from '../../model/agent-spec';
import { subtaskDefaults, type Problem, type Subtask } from '../../model/plan';
import type { SubtaskStatus } from '../../model/status';
import { elementsOf, membersOf, rangeOfNode, textOf, textsOf } from '../json';
import { placeOf } from '../json-document';
import { duplicateId, pathOutsideWorkspace, problem, staysInside, type Place } from '../problems';
import type { Item, Leaf, Parent, TagContext } from './items';
import { knownWords, priorityOf, statusOfWord } from './words';

/** The objects of a list of tasks; what is none is reported, for each list once. */
export function objectsOf(list: Node | undefined, context: TagContext): Node[] {
  const entries = elementsOf(list);
  const objects = entries.filter(({ type }) => type === 'object');
  const odd = entries.find(({ type }) => type !== 'object');
  if (odd === undefined) return objects;
  const message = `A task is an object with an id and a title; ${entries.length - objects.length} of these entries are none and are left out.`;
  context.problems.push(problem('warning', 'bad-entry', placeOf(odd, context.lines), message));
  return objects;
}

/**
 * An id as it stands in the text: as a number, 5.10 would become 5.1. `owner` is the task that a
 * subtask belongs to; its id may be written before the subtask's own or not.
 */
export function itemOf(
  node: Node,
  position: number,
  owner: Item | null,
  { text, lines, keys, problems }: TagContext,
): Item {
  const members = membersOf(node);
  const at = placeOf(node, lines);
  const idNode = members.get('id');
  const written = writtenId(idNode, text);
  const id = absoluteId(written ?? String(position + 1), owner);
  if (written === null) {
    const message = `This task has no id; ${id} is used. Its history is lost when it moves.`;
    problems.push(problem('warning', 'missing-id', at, message));
  }
  const { key, firstLine } = keys.take(id, at.line);
  if (firstLine !== null) problems.push(duplicateId(at, id, firstLine));
  return { node, members, at, id, key, idNode: written === null ? null : (idNode ?? null) };
}

/** `null` for what is no id. */
export function writtenId(node: Node | undefined, text: string): string | null {
  const written =
    node?.type === 'number'
      ? text.slice(node.offset, node.offset + node.length)
      : (textOf(node)?.trim() ?? '');
  return written === '' ? null : written;
}

/** A subtask's id with its task's before it. */
export function absoluteId(written: string, owner: Item | null): string {
  if (owner === null || written.startsWith(`${owner.id}.`)) return written;
  return `${owner.id}.${written}`;
}

export function titleOf({ members, id }: Item): string {
  const title = textOf(members.get('title')) ?? textOf(members.get('description')) ?? '';
  const [line = ''] = title.trim().split(/\r?\n/, 1);
  return line === '' ? id : line.slice(0, 300);
}

export function readLeaf(item: Item, parent: Parent | null, context: TagContext): Leaf {
  const { members, at, idNode } = item;
  const priority = textOf((parent?.item ?? item).members.get('priority'));
  const { status, word } = readStatus(item, parent, context);
  const subtask: Subtask = {
    ...subtaskDefaults,
    key: item.key,
    keyOrigin: idNode === null ? 'position' : 'declared',
    id: item.id,
    title: titleOf(item),
    detail: detailOf(item, parent),
    status,
    fileStatus: word,
    dependsOn: [],
    files: filesOf(item, context.problems),
    labels: labelsOf(members, priority, status === 'skipped' ? word : null),
    verification: verificationOf(item, parent),
    checks: [],
    hints: { ...noHints, priority: priorityOf(priority) },
    line: at.line,
    range: rangeOfNode(item.node),
    idRange: idNode === null ? null : rangeOfNode(idNode),
  };
  return { item, subtask, parent };
}

function readStatus(
  { members, at, id }: Item,
  parent: Parent | null,
  { problems }: TagContext,
): { status: SubtaskStatus; word: string | null } {
  const node = members.get('status');
  const word = textOf(node);
  if (node === undefined || word === null || word.trim() === '') {
    const status = parent?.status === 'claimed' ? 'claimed' : 'pending';
    const read = status === 'claimed' ? 'its task is done, so it is read as done' : 'it is pending';
    const message = `${id} has no status; ${read}. Give it one.`;
    problems.push(problem('warning', 'missing-status', at, message));
    return { status, word: null };
  }
  const status = statusOfWord(word);
  if (status === null) {
    const place = { ...at, range: rangeOfNode(node) };
    problems.push(unknownStatus(place, word, `${id} needs attention`));
  }
  return { status: status ?? 'needs_attention', word };
}

/** What a task with subtasks says of itself: only claims are held against it. */
export function statusOfParent({ members, id }: Item, context: TagContext): SubtaskStatus | null {
  const node = members.get('status');
  const word = textOf(node)?.trim() ?? '';
  const status = statusOfWord(word);
  if (node === undefined || word === '' || status !== null) return status;
  const place = placeOf(node, context.lines);
  context.problems.push(unknownStatus(place, word, `the subtasks of ${id} count`));
  return null;
}

function unknownStatus(at: Place, word: string, read: string): Problem {
  const message = `The status ${word} is not known; ${read}. Known: ${knownWords}.`;
  return problem('warning', 'unknown-status', at, message);
}

const sections = ['implementationApproach', 'technicalConstraints', 'scopeBoundaries'] as const;

function detailOf({ members }: Item, parent: Parent | null): string {
  const own = ['description', 'details'].flatMap((key) => textsOf(members.get(key)));
  const named = sections.flatMap((key) => {
    const texts = textsOf(members.get(key));
    return texts.length === 0 ? [] : [`${key}: ${texts.join('\n')}`];
  });
  const whole = parent === null ? null : textOf(parent.item.members.get('description'));
  const task = whole === null || whole === '' ? [] : [`Part of ${parent?.item.id ?? ''}: ${whole}`];
  return [...own, ...named, ...task].filter((text) => text !== '').join('\n');
}

function verificationOf({ members }: Item, parent: Parent | null): string[] {
  const own = (['testStrategy', 'acceptanceCriteria'] as const)
    .flatMap((key) => textsOf(members.get(key)))
    .filter((text) => text.trim() !== '');
  if (own.length > 0 || parent === null) return own;
  return verificationOf(parent.item, null);
}

function labelsOf(
  members: ReadonlyMap<string, Node>,
  priority: string | null,
  word: string | null,
): string[] {
  const complexity = textOf(members.get('complexity'));
  return [
    ...(priority === null ? [] : [`priority:${priority}`]),
    ...(complexity === null ? [] : [`complexity:${complexity}`]),
    ...(word === null ? [] : [word]),
  ];
}

function filesOf({ members, at }: Item, problems: Problem[]): string[] {
  const listed = elementsOf(members.get('relevantFiles')).map((node) =>
    textOf(node.type === 'object' ? membersOf(node).get('path') : node),
  );
  const written = [...listed, ...textsOf(members.get('files'))];
  const files = [...new Set(written.filter((path) => path !== null))].filter((path) => path !== '');
  for (const path of files) if (!staysInside(path)) problems.push(pathOutsideWorkspace(at, path));
  return files;
}
