import type { Node } from 'jsonc-parser';
import type { Problem } from '../model/plan';
import { membersOf, parseJson, rangeOfNode } from './json';
import { problem, type Place } from './problems';
import { LineIndex } from './text';

/** A JSON file with what leads from it to lines. */
export interface JsonDocument {
  root: Node;
  members: Map<string, Node>;
  lines: LineIndex;
}

/** Reads a JSON file; where it is none, a problem says where and why. */
export function readDocument(text: string): { document: JsonDocument | null; problems: Problem[] } {
  const lines = new LineIndex(text);
  const { root, error } = parseJson(text);
  if (error === null) return { document: { root, members: membersOf(root), lines }, problems: [] };
  const range = { start: error.offset, end: error.offset + 1 };
  const at = { line: lines.lineAt(error.offset), range };
  const message = `The file is no valid JSON: ${error.message}. Nothing of it is read until it is repaired.`;
  return {
    document: null,
    problems: [problem('error', 'invalid-json', at, message), ...conflicts(text, lines)],
  };
}

function conflicts(text: string, lines: LineIndex): Problem[] {
  const marker = /^(?:<{7}|>{7}) /m.exec(text);
  if (marker === null) return [];
  const range = { start: marker.index, end: marker.index + 7 };
  const at = { line: lines.lineAt(marker.index), range };
  const message = 'The file holds unresolved merge conflicts. Resolve them first.';
  return [problem('error', 'merge-conflict-markers', at, message)];
}

export function placeOf(node: Node, lines: LineIndex): Place {
  return { line: lines.lineAt(node.offset), range: rangeOfNode(node) };
}
