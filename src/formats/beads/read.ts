import {
  phaseDefaults,
  planDefaults,
  type Facts,
  type Phase,
  type Plan,
  type PlanReading,
  type Subtask,
} from '../../model/plan';
import type { PlanSource } from '../format';
import { cycleProblems } from '../graph';
import { noTasks, problem } from '../problems';
import { readingOf } from '../reading';
import { baseName } from '../text';
import { claimProblems } from './claims';
import { readTracker, type Issue, type Tracker } from './issues';
import { linkIssues } from './links';
import { folderOf, noteOf, storeOf } from './places';
import { readSubtask, titleOf, wordProblems } from './subtask';
import { ancestorsOf, besideIdParents, treeOf, type Tree } from './tree';

/** @param now milliseconds since the epoch. */
export function readIssues(source: PlanSource, now: number): PlanReading {
  const tracker = readTracker(source);
  const { rows, problems } = tracker;
  if (tracker.isTable) {
    const message = 'This is a table of dependencies; the plan is in issues.jsonl beside it.';
    return readingOf([], [...problems, noTasks(message)], 'dependencies');
  }
  const store = storeOf(source, rows.isList, rows.isConflicted);
  const tree = treeOf(tracker);
  const title = planTitle(tracker, source.path);
  const subtasks = new Map<string, Subtask>();
  for (const [id, issue] of tracker.work) {
    problems.push(...wordProblems(issue));
    if (!tree.phases.has(id)) subtasks.set(id, readSubtask(issue, now));
  }
  const phases = phasesOf(tracker, tree, subtasks, title);
  const declared = new Map(
    phases.flatMap((phase) => (phase.id === null ? [] : [[phase.id, phase]])),
  );
  const plan: Plan = {
    ...planDefaults,
    format: 'beads',
    title,
    statusNote: noteOf(store),
    phases,
    declaredPhases: declared.size,
    facts: idsInFile(phases),
    gates: linkIssues({ tracker, tree, phases: declared, subtasks, problems }),
  };
  if (store === 'database') {
    const message = 'A database stands beside this file: it is an export and may be old.';
    problems.push(problem('warning', 'stale-export', { line: 1, range: null }, message));
  }
  if (rows.rows.length > 0 && tracker.work.size === 0)
    problems.push({ ...noTasks('No row of this file is an issue to work on.'), severity: 'info' });
  return readingOf([plan], [...problems, ...claimProblems(tracker, tree), ...cycleProblems(plan)]);
}

/** The ids by the lines of the file, where the phases put them in another order. */
function idsInFile(phases: readonly Phase[]): Facts {
  const shown = phases.flatMap(({ subtasks }) => subtasks);
  const written = shown.toSorted((a, b) => a.range.start - b.range.start);
  const isOther = written.some((subtask, at) => subtask !== shown[at]);
  return isOther ? { ids: written.map(({ id }) => id) } : {};
}

/** A phase for each epic or parent, flat; work without a parent stands behind them. */
function phasesOf(
  { work }: Tracker,
  tree: Tree,
  subtasks: ReadonlyMap<string, Subtask>,
  title: string,
): Phase[] {
  const members = (issues: readonly Issue[]) =>
    besideIdParents(issues).flatMap(({ id }) => subtasks.get(id) ?? []);
  const phases = [...tree.phases.values()].map((issue) => {
    const path = [...ancestorsOf(tree, issue.id).toReversed(), issue].map(titleOf).join(' › ');
    return phaseOf(issue, issue.id, path, members(tree.childrenOf.get(issue.id) ?? []));
  });
  const loose = [...work.values()].filter(({ id }) => subtasks.has(id) && !tree.parentOf.has(id));
  const [first] = loose;
  if (first === undefined) return phases;
  const name = phases.length === 0 ? title : 'Without a parent';
  return [...phases, { ...phaseOf(first, null, name, members(loose)), key: freeKey(tree) }];
}

function freeKey({ phases }: Tree): string {
  let key = 'issues';
  while (phases.has(key)) key += '-';
  return key;
}

function phaseOf({ row }: Issue, id: string | null, title: string, subtasks: Subtask[]): Phase {
  const { line, range } = row;
  return { ...phaseDefaults, key: id ?? '', id, title, dependsOn: [], subtasks, line, range };
}

/** What most ids begin with, or the folder's name. */
function planTitle({ work }: Tracker, path: string): string {
  const counts = new Map<string, number>();
  for (const id of work.keys()) {
    const prefix = id.slice(0, Math.max(0, id.lastIndexOf('-')));
    if (prefix !== '') counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  const folder = baseName(
    folderOf(path)
      .replace(/(?:\.beads\/)?(?:backup\/)?$/, '')
      .slice(0, -1),
  );
  return most?.[0] ?? (folder === '' ? baseName(path) : folder);
}
