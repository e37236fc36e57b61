import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { RunsheetError } from '../../model/errors';
import { specIssuesSchema, type SpecIssues } from '../../protocol/spec-messages';

/** What the engine refused about a spec, each with its place in the document. */
export function issuesOf(error: unknown): SpecIssues {
  if (!RunsheetError.is(error, 'validation')) return [];
  const { issues, field } = error.details;
  const listed = specIssuesSchema.safeParse(issues);
  if (listed.success) return listed.data;
  const path = typeof field === 'string' ? field.split('.') : [];
  return [{ path, message: error.message }];
}

/** Where an issue is shown: the value it is about, else the nearest thing around it that is there. */
export function placeOfIssue(
  text: string,
  path: readonly (string | number)[],
): { offset: number; length: number } {
  const root = parseTree(text);
  if (root === undefined) return { offset: 0, length: text.length };
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node: Node | undefined = findNodeAtLocation(root, path.slice(0, depth));
    if (node !== undefined) return { offset: node.offset, length: node.length };
  }
  // The whole document would be too much red: its first bracket stands for it.
  return { offset: root.offset, length: 1 };
}
