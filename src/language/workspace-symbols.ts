import { subtasksOf, type Plan } from '../model/plan';
import { symbolKinds } from './symbols';

/** A subtask or phase of any plan of the workspace. */
export interface WorkspaceSymbol {
  name: string;
  kind: (typeof symbolKinds)[keyof typeof symbolKinds];
  /** The plan. */
  containerName: string;
  /** Workspace-relative, with `/`. */
  path: string;
  /** Zero-based. */
  line: number;
}

/** More than that nobody reads; the editor asks again with every letter. */
const mostSymbols = 500;

/**
 * Subtasks and phases of which id or title contains the letters of the query in their order.
 * @param plans with their places.
 */
export function workspaceSymbols(
  plans: Iterable<{ path: string; plan: Plan }>,
  query: string,
): WorkspaceSymbol[] {
  const letters = query.toLowerCase().match(/\S/gu) ?? [];
  const found: WorkspaceSymbol[] = [];
  for (const { path: home, plan } of plans)
    for (const symbol of symbolsIn(home, plan)) {
      if (found.length >= mostSymbols) return found;
      if (containsInOrder(symbol.name.toLowerCase(), letters)) found.push(symbol);
    }
  return found;
}

function symbolsIn(home: string, plan: Plan): WorkspaceSymbol[] {
  const phases = plan.phases.filter(({ id }) => id !== null);
  return [
    ...phases.map(({ title, key, path, line }): WorkspaceSymbol => ({
      name: title === '' ? key : title,
      kind: symbolKinds.phase,
      containerName: plan.title,
      path: path ?? home,
      line: line - 1,
    })),
    ...subtasksOf(plan).map(({ keyOrigin, id, title, path, line }): WorkspaceSymbol => ({
      name: keyOrigin === 'declared' && id !== title ? `${id} ${title}` : title,
      kind: symbolKinds.subtask,
      containerName: plan.title,
      path: path ?? home,
      line: line - 1,
    })),
  ];
}

function containsInOrder(text: string, letters: readonly string[]): boolean {
  let at = -1;
  return letters.every((letter) => {
    at = text.indexOf(letter, at + 1);
    return at >= 0;
  });
}
