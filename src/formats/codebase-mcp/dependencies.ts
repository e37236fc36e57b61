import type { Dependency, Problem } from '../../model/plan';
import type { MarkdownLine } from '../markdown';
import { danglingDependency, problem, selfDependency, type Place } from '../problems';
import { IdLookup } from '../spec-kit/ids';
import { pathsIn } from '../paths';
import type { ReadTask } from '../spec-kit/subtask';
import { rangeOf } from '../text';
import { fieldsIn } from './fields';

// What tasks wait for: `Dependencies` bullets below them, and `A blocks B` in a section about
// dependencies. Arrows and trees are prose: the order of the phases says most of it.

// Two wide ranges multiply, and files are input.
const mostEdges = 100_000;

/** Sets the tasks' declared dependencies and says what was not understood. */
export function linkDependencies(
  tasks: readonly ReadTask[],
  lines: readonly MarkdownLine[],
): Problem[] {
  const ids = new IdLookup(tasks.map(({ subtask }) => subtask.id));
  const edges = new Edges(tasks);
  for (const task of tasks)
    for (const { line, value } of fieldsIn('Dependenc(?:y|ies)|Depends on', task.below))
      edges.readBullet(task, value, { line: line.number, range: rangeOf(line) }, ids);
  for (const line of sectionLines(lines)) edges.readBlocks(line, ids);
  return edges.problems;
}

class Edges {
  readonly problems: Problem[] = [];
  private readonly first: ReadonlyMap<string, ReadTask>;
  private readonly seen = new Set<string>();
  private isTold = false;

  constructor(tasks: readonly ReadTask[]) {
    // Of a repeated id the first task is meant.
    this.first = new Map(tasks.toReversed().map((task) => [task.subtask.id, task]));
  }

  readBullet({ subtask }: ReadTask, value: string, at: Place, ids: IdLookup): void {
    if (/^[*_`]*(?:$|[-–—]+$|(?:none|n\/a)\b)/i.test(value) || this.isFull(at)) return;
    const { found, missing } = idsIn(value, ids);
    for (const id of missing) this.problems.push(danglingDependency(at, subtask.id, id));
    if (found.length === 1 && found[0] === subtask.id) {
      this.problems.push(selfDependency(at, subtask.id));
      subtask.dependsOn.push({ id: subtask.id, kind: 'declared', range: at.range });
    }
    for (const id of found) this.add(id, subtask.key, subtask.dependsOn, at);
    if (found.length + missing.length > 0 || pathsIn(value).files.length > 0) return;
    const message = `${value.slice(0, 120)} names no task, so nothing waits for it. Write the ids of the tasks, or None.`;
    this.problems.push(problem('info', 'unresolved-dependency-text', at, message));
  }

  /** A line that says that its first tasks block others, and nothing else before that. */
  readBlocks(line: MarkdownLine, ids: IdLookup): void {
    const text = line.text.replace(/^\s*[-*+]\s+/, '').replaceAll('**', '');
    const before = ids.listAt(text, 0);
    const word = before === null ? null : /^\s*blocks?\s+/.exec(text.slice(before.end));
    if (before === null || word === null) return;
    const after = ids.listAt(text, before.end + word[0].length);
    const at = { line: line.number, range: rangeOf(line) };
    for (const id of [...before.missing, ...(after?.missing ?? [])])
      this.problems.push(danglingDependency(at, 'This line', id));
    for (const to of after?.found ?? []) {
      const task = this.first.get(to)?.subtask;
      if (task === undefined || this.isFull(at)) continue;
      for (const from of before.found) this.add(from, task.key, task.dependsOn, at);
    }
  }

  private isFull(at: Place): boolean {
    if (this.seen.size < mostEdges) return false;
    const message = `The file states more than ${mostEdges} dependencies; the rest is not read. Use narrower ranges.`;
    if (!this.isTold) this.problems.push(problem('error', 'too-many-dependencies', at, message));
    this.isTold = true;
    return true;
  }

  /** A range may name the task itself; that says nothing. */
  private add(id: string, key: string, dependsOn: Dependency[], { range }: Place): void {
    const name = `${id} ${key}`;
    if (this.seen.has(name) || this.seen.size >= mostEdges || id === key) return;
    this.seen.add(name);
    dependsOn.push({ id, kind: 'declared', range });
  }
}

/** Every id and range of ids in a text, whatever stands around them. */
function idsIn(text: string, ids: IdLookup): { found: string[]; missing: string[] } {
  const [found, missing] = [new Set<string>(), new Set<string>()];
  const start = /(?<![A-Za-z0-9])T\d{3}/g;
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    const list = ids.listAt(text, match.index);
    if (list === null) continue;
    for (const id of list.found) found.add(id);
    for (const id of list.missing) missing.add(id);
    start.lastIndex = Math.max(list.end, match.index + 1);
  }
  return { found: [...found], missing: [...missing] };
}

function sectionLines(lines: readonly MarkdownLine[]): MarkdownLine[] {
  let inside = false;
  return lines.filter(({ heading, kind }) => {
    if (heading !== null && heading.level <= 2)
      inside = heading.level === 2 && /^dependencies\b/i.test(heading.title);
    return inside && heading === null && kind === 'text';
  });
}
