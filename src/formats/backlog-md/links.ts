import { cyclesOf } from '../../model/digraph';
import type { Problem } from '../../model/plan';
import { baseName } from '../text';
import { danglingDependency, problem, selfDependency } from '../problems';
import { dottedParent, foldId, IdLookup } from './ids';
import type { ReadTask } from './subtask';

/**
 * Links the tasks of a backlog: declared dependencies, and parents, which wait for their children.
 * `hidden` are the paths of drafts and archived tasks, which are not part of the plan.
 */
export function linkTasks(tasks: readonly ReadTask[], hidden: readonly string[]): Problem[] {
  const lookup = new IdLookup(tasks.map(({ task }) => task.id.text));
  const away = new Set(hidden.map((path) => foldId(baseName(path).split(' ', 1)[0] ?? '')));
  const problems = tasks.flatMap((one) => linkDeclared(one, lookup, away));
  return problems.concat(linkParents(tasks, lookup));
}

function linkDeclared(
  { task, subtask }: ReadTask,
  lookup: IdLookup,
  away: ReadonlySet<string>,
): Problem[] {
  return task.dependencies.flatMap(({ text, range, line }): Problem[] => {
    const id = lookup.find(text);
    const at = { line, range, path: subtask.path };
    subtask.dependsOn.push({ id: id ?? text, kind: 'declared', range });
    if (id === null) {
      const where = away.has(foldId(text)) ? 'the plan: it is a draft or archived' : 'this backlog';
      return [danglingDependency(at, task.id.text, text, where)];
    }
    return id === subtask.key ? [selfDependency(at, task.id.text)] : [];
  });
}

function linkParents(tasks: readonly ReadTask[], lookup: IdLookup): Problem[] {
  const byKey = new Map(tasks.map((one, position) => [one.subtask.key, { ...one, position }]));
  const waits: [number, number][] = [];
  const problems = tasks.flatMap((one, child): Problem[] => {
    const { task, subtask } = one;
    const written = task.parent;
    const id = lookup.find(written ?? dottedParent(task.id.text) ?? '');
    const parent = byKey.get(id ?? '');
    if (written !== null && parent === undefined) {
      const at = { line: task.id.line, range: task.id.range, path: subtask.path };
      const message = `${task.id.text} names ${written} as its parent, which is not in this backlog. Correct parent_task_id or remove it.`;
      subtask.labels.push(`parent:${written}`);
      return [problem('warning', 'dangling-parent', at, message)];
    }
    if (parent === undefined || parent.position === child) return [];
    subtask.labels.push(`parent:${parent.subtask.id}`);
    // Dots in an id group tasks for display alone.
    if (written === null) return [];
    one.parent = parent.subtask.key;
    waits.push([child, parent.position]);
    return [];
  });
  for (const [child, parent] of withoutCycles(tasks, waits)) {
    const [from, to] = [tasks[child]?.subtask, tasks[parent]?.subtask];
    if (from !== undefined && to?.dependsOn.every(({ id }) => id !== from.key) === true)
      to.dependsOn.push({ id: from.key, kind: 'implied', range: null });
  }
  return problems;
}

/** What is declared goes before: steps from child to parent that would close a cycle are left out. */
function withoutCycles(
  tasks: readonly ReadTask[],
  waits: readonly [number, number][],
): [number, number][] {
  const positions = new Map(tasks.map(({ subtask }, position) => [subtask.key, position]));
  const successors: number[][] = tasks.map(() => []);
  tasks.forEach(({ subtask }, after) => {
    for (const { id } of subtask.dependsOn) successors[positions.get(id) ?? -1]?.push(after);
  });
  for (const [child, parent] of waits) successors[child]?.push(parent);
  const groups = new Map<number, number>();
  cyclesOf(successors).forEach((members, group) => {
    for (const member of members) groups.set(member, group);
  });
  return waits.filter(([child, parent]) => {
    const group = groups.get(child);
    return group === undefined || group !== groups.get(parent);
  });
}
