import type { Issue, Tracker } from './issues';

/** Issues with their parents: those of them that are work. */
export interface Tree {
  parentOf: ReadonlyMap<string, Issue>;
  childrenOf: ReadonlyMap<string, readonly Issue[]>;
  /** Epics, and what is the parent of work: in the order of the file. */
  phases: ReadonlyMap<string, Issue>;
  /** What was asked of `descendantsOf`. */
  below: Map<string, readonly Issue[]>;
}

/** Levels that are looked at, so that a long chain of parents costs no more than its length. */
const deepest = 20;

export function treeOf({ work, links }: Tracker): Tree {
  const parentOf = new Map<string, Issue>();
  const childrenOf = new Map<string, Issue[]>();
  const parents = new Set<string>();
  for (const { from, to, type } of links) {
    const [child, parent] = [work.get(from), work.get(to)];
    if (type !== 'parent-child' || child === undefined || parent === undefined) continue;
    if (child === parent) continue;
    parents.add(to);
    // An issue stands below the first of its parents.
    if (parentOf.has(from)) continue;
    parentOf.set(from, parent);
    listIn(childrenOf, to).push(child);
  }
  const phases = [...work].filter(([id, { type }]) => type === 'epic' || parents.has(id));
  return { parentOf, childrenOf, phases: new Map(phases), below: new Map() };
}

function listIn(lists: Map<string, Issue[]>, key: string): Issue[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** The issue's parents, the nearest first; of a circle each once. */
export function ancestorsOf({ parentOf }: Tree, id: string): Issue[] {
  const found = new Set<Issue>();
  let one = parentOf.get(id);
  while (one !== undefined && !found.has(one) && found.size < deepest) {
    found.add(one);
    one = parentOf.get(one.id);
  }
  return [...found];
}

/** All that stands below an issue. */
export function descendantsOf({ childrenOf, below }: Tree, id: string): readonly Issue[] {
  const known = below.get(id);
  if (known !== undefined) return known;
  const found = new Set<Issue>();
  let level: readonly Issue[] = childrenOf.get(id) ?? [];
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const next = level.filter((issue) => !found.has(issue));
    for (const issue of next) found.add(issue);
    level = next.flatMap((issue) => childrenOf.get(issue.id) ?? []);
  }
  const all = [...found];
  below.set(id, all);
  return all;
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
    else listIn(below, owner).push(issue);
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
  let end = id.lastIndexOf('.');
  while (end > 0 && parents.length < deepest) {
    parents.push(id.slice(0, end));
    end = id.lastIndexOf('.', end - 1);
  }
  return parents;
}
