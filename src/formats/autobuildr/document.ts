import type { Node } from 'jsonc-parser';
import { elementsOf, membersOf, textOf } from '../json';
import type { JsonDocument } from '../json-document';

/** An object of the list, with the 1-based position that is its id where it has none. */
export interface Entry {
  node: Node;
  members: Map<string, Node>;
  position: number;
}

/** A feature list as JSON. */
export interface ListDocument extends JsonDocument {
  entries: Entry[];
  /** What stands in the list and is no object. */
  strangers: Node[];
}

/** The entries of an array, or of the array `features` of an object; `null`: neither. */
export function listOf(document: JsonDocument): ListDocument | null {
  const { root, members } = document;
  const list = root.type === 'array' ? root : members.get('features');
  if (list?.type !== 'array') return null;
  const nodes = elementsOf(list);
  const entries = nodes.flatMap((node, index) =>
    node.type === 'object' ? [{ node, members: membersOf(node), position: index + 1 }] : [],
  );
  return { ...document, entries, strangers: nodes.filter(({ type }) => type !== 'object') };
}

/** Where ids of features stand that must be done first: in a list, or in a text. */
export const linkKeys = [
  'dependencies',
  'depends_on',
  'dependsOn',
  'deps',
  'blocked_by',
  'blockedBy',
];

/** Where an entry says how far it is: the first of these that it has. */
const statusKeys = ['passes', 'status', 'state'] as const;

export interface StatusField {
  key: (typeof statusKeys)[number];
  node: Node;
}

export function statusFieldOf(members: ReadonlyMap<string, Node>): StatusField | null {
  for (const key of statusKeys) {
    const node = members.get(key);
    if (node !== undefined && saysSomething(node)) return { key, node };
  }
  const empty = statusKeys.find((key) => members.has(key));
  const node = empty === undefined ? undefined : members.get(empty);
  return empty === undefined || node === undefined ? null : { key: empty, node };
}

/** `null` and an empty text are a status that nobody has filled in. */
export function saysSomething(node: Node): boolean {
  return node.type !== 'null' && textOf(node)?.trim() !== '';
}

/** Whether a value says yes: not `false`, `null`, `0` or an empty text. */
export function isSet(node: Node | undefined): boolean {
  if (node === undefined || node.type === 'null') return false;
  if (node.type === 'boolean') return node.value === true;
  const text = textOf(node);
  return text === null || (text !== '' && text !== '0');
}
