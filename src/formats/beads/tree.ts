import type { Issue, Tracker } from './issues';

/** Issues with their parents: those of them that are work. */
export interface Tree {
  parentOf: ReadonlyMap<string, Issue>;
  childrenOf: ReadonlyMap<string, readonly Issue[]>;
  /** Epics, and what is the parent of work: in the order of the file. */
  phases: ReadonlyMap<string, Issue>;
}

export function treeOf({ work, links }: Tracker): Tree {
  const parentOf = new Map<string, Issue>();
  const childrenOf = new Map<string, Issue[]>();
  for (const { from, to, type } of links) {
    const [child, parent] = [work.get(from), work.get(to)];
    if (type !== 'parent-child' || child === undefined || parent === undefined) continue;
    if (child === parent || parentOf.has(from)) continue;
    parentOf.set(from, parent);
    childrenOf.set(to, [...(childrenOf.get(to) ?? []), child]);
  }
  const phases = [...work].filter(([id, { type }]) => type === 'epic' || childrenOf.has(id));
  return { parentOf, childrenOf, phases: new Map(phases) };
}

/** The issue's parents, the nearest first; of a circle each once. */
export function ancestorsOf({ parentOf }: Tree, id: string): Issue[] {
  const found = new Set<Issue>();
  for (let one = parentOf.get(id); one !== undefined && !found.has(one); one = parentOf.get(one.id))
    found.add(one);
  return [...found];
}

/** All that stands below an issue, at any depth. */
export function descendantsOf({ childrenOf }: Tree, id: string): Issue[] {
  const found = new Set<Issue>(childrenOf.get(id));
  for (const issue of found) for (const child of childrenOf.get(issue.id) ?? []) found.add(child);
  return [...found];
}

/**
 * Issues in their order, but for those whose ids continue another's: `a.1` stands behind `a`. The
 * dot declares nothing; it is only how people find them.
 */
export function besideIdParents(issues: readonly Issue[]): Issue[] {
  const here = new Set(issues.map(({ id }) => id));
  const below = new Map<string, Issue[]>();
  const ordered: Issue[] = [];
  for (const issue of issues) {
    const owner = idParents(issue.id).find((id) => here.has(id));
    if (owner === undefined) ordered.push(issue);
    else below.set(owner, [...(below.get(owner) ?? []), issue]);
  }
  const stack = ordered.toReversed();
  const result: Issue[] = [];
  for (let issue = stack.pop(); issue !== undefined; issue = stack.pop()) {
    result.push(issue);
    stack.push(...(below.get(issue.id) ?? []).toReversed());
  }
  return result;
}

/** `a.1.2` → `a.1`, `a`. */
function idParents(id: string): string[] {
  const parents: string[] = [];
  for (let end = id.lastIndexOf('.'); end > 0; end = id.lastIndexOf('.', end - 1))
    parents.push(id.slice(0, end));
  return parents;
}
