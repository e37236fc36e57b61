import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { SourceRange } from '../model/plan';
import { treeOf } from './json-tree';

/** A JSON text as a tree with offsets. */
export type JsonReading =
  { root: Node; error: null } | { root: null; error: { offset: number; message: string } };

/** Strict JSON: no comments, no trailing commas. Never throws. */
export function parseJson(text: string): JsonReading {
  // A byte order mark is no JSON; a blank keeps the offsets.
  const plain = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  try {
    JSON.parse(plain);
  } catch {
    return { root: null, error: errorIn(plain) };
  }
  return { root: treeOf(plain), error: null };
}

function errorIn(text: string): { offset: number; message: string } {
  const errors: ParseError[] = [];
  try {
    parseTree(text, errors, { disallowComments: true, allowEmptyContent: false });
  } catch {
    return { offset: 0, message: 'it is nested too deeply' };
  }
  const [first] = errors;
  const message = first === undefined ? 'ValueExpected' : printParseErrorCode(first.error);
  return { offset: first?.offset ?? 0, message: inWords(message) };
}

function inWords(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

/** The members of an object; of a repeated key the last counts, as for every JSON reader. */
export function membersOf(node: Node | undefined): Map<string, Node> {
  const members = new Map<string, Node>();
  if (node?.type !== 'object') return members;
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    const name = textOf(key);
    if (name !== null && value !== undefined) members.set(name, value);
  }
  return members;
}

export function elementsOf(node: Node | undefined): Node[] {
  return node?.type === 'array' ? (node.children ?? []) : [];
}

/** A string, or a number as text; `null` for anything else. */
export function textOf(node: Node | undefined): string | null {
  const value: unknown = node?.value;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

export function numberOf(node: Node | undefined): number | null {
  const value: unknown = node?.value;
  return typeof value === 'number' ? value : null;
}

/** The texts of an array, or the one text that stands where an array could. */
export function textsOf(node: Node | undefined): string[] {
  const nodes = node?.type === 'array' ? elementsOf(node) : [node];
  return nodes.map(textOf).filter((text) => text !== null);
}

export function rangeOfNode(node: Node): SourceRange {
  return { start: node.offset, end: node.offset + node.length };
}
