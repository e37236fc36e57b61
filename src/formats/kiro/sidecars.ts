import type { Node } from 'jsonc-parser';
import type { Fact, Facts, Gate, Problem } from '../../model/plan';
import type { PlanSource } from '../format';
import { elementsOf, membersOf, numberOf, rangeOfNode, textOf } from '../json';
import { readDocument } from '../json-document';
import { problem } from '../problems';
import { baseName } from '../text';
import { besides } from './dialect';
import { isMissing, requirementsOf } from './requirements';
import type { ReadTask } from './subtask';
import type { TaskBox } from './scan';

// The files beside a tasks.md. They are read and never written.

const names = ['requirements.md', 'bugfix.md', 'spec.json', 'tasks.meta.json', '.config.kiro'];

/** Only a tasks.md has its spec's folder around it. */
export function sidecarsOf(path: string): string[] {
  return baseName(path) === 'tasks.md' ? names.map((name) => besides(path, name)) : [];
}

/** Requirements that tasks name and the spec does not have. */
export function unknownRequirements(source: PlanSource, tasks: readonly ReadTask[]): Problem[] {
  const files = ['requirements.md', 'bugfix.md'].map((name) =>
    source.others?.get(besides(source.path, name)),
  );
  const file = files.find((one) => one !== undefined);
  if (file === undefined) return [];
  const requirements = requirementsOf(file);
  if (requirements.size === 0) return [];
  return tasks.flatMap(({ subtask: { id, line, range }, fields }): Problem[] => {
    const missing = fields.requirements.filter(
      (one) => /^\d/.test(one) && isMissing(requirements, one),
    );
    if (missing.length === 0) return [];
    const message = `${id} names requirements that ${baseName(file.path)} does not have: ${missing.join(', ')}. Correct the numbers, or add them there.`;
    return [problem('warning', 'unknown-requirement', { line, range }, message)];
  });
}

/** What `.config.kiro` says the spec is, and the runs of tasks that Kiro keeps. */
export function sidecarFacts(
  source: PlanSource,
  boxes: readonly TaskBox[],
): { facts: Facts; problems: Problem[] } {
  const config = membersIn(source, '.config.kiro');
  const facts: Record<string, Fact> = {};
  for (const key of ['specType', 'workflowType']) {
    const value = textOf(config.get(key));
    if (value !== null) facts[key] = value;
  }
  const { history, problems } = historyOf(source, boxes);
  return { facts: { ...facts, ...history }, problems };
}

function membersIn(source: PlanSource, name: string): Map<string, Node> {
  const file = source.others?.get(besides(source.path, name));
  const document = file === undefined ? null : readDocument(file.text).document;
  return document?.members ?? new Map<string, Node>();
}

function historyOf(
  source: PlanSource,
  boxes: readonly TaskBox[],
): { history: Facts; problems: Problem[] } {
  const path = besides(source.path, 'tasks.meta.json');
  const file = source.others?.get(path);
  const document = file === undefined ? null : readDocument(file.text).document;
  if (document === null) return { history: {}, problems: [] };
  const ids = new Map(boxes.map(({ number, title }) => [`${number ?? ''} ${title}`, number]));
  const problems: Problem[] = [];
  const tests: Record<string, Fact> = {};
  const runs: Record<string, Fact> = {};
  for (const member of ['pbtResults', 'executionHistory'])
    for (const [key, value] of membersOf(document.members.get(member))) {
      const id = ids.get(key) ?? null;
      if (id === null) {
        const range = rangeOfNode(value);
        const at = { line: document.lines.lineAt(range.start), range, path };
        const message = `Kiro keeps runs of “${key}”, and no task has this number and title. It was renamed or removed.`;
        problems.push(problem('info', 'orphan-history', at, message));
      } else if (member === 'pbtResults') {
        tests[id] = textOf(membersOf(value).get('status'));
      } else runs[id] = runsIn(elementsOf(value).map((run) => membersOf(run).get('timestamp')));
    }
  return { history: { propertyTests: tests, runs }, problems };
}

/** How often a task was run, and when last: ISO 8601 in UTC. */
function runsIn(stamps: readonly (Node | undefined)[]): Fact {
  const times = stamps.flatMap((stamp) => numberOf(stamp) ?? []);
  const last = times.reduce((latest, time) => Math.max(latest, time), 0);
  const isTime = last > 0 && last < 8.64e15;
  return { count: stamps.length, last: isTime ? new Date(last).toISOString() : null };
}

/** cc-sdd keeps in `spec.json` whether a person has approved the tasks. Until then nothing begins. */
export function approvalGates(source: PlanSource, tasks: readonly ReadTask[]): Gate[] {
  const approvals = membersOf(membersIn(source, 'spec.json').get('approvals'));
  const approved = membersOf(approvals.get('tasks')).get('approved');
  const [first] = tasks;
  if (approved?.value !== false || first === undefined) return [];
  return [
    {
      key: 'tasks-approval',
      id: 'tasks-approval',
      title: 'Approve the tasks of the spec',
      kind: 'human',
      trigger: { type: 'manual' },
      after: [],
      blocks: tasks.map(({ subtask }) => subtask.key),
      criteria: [],
      line: first.subtask.line,
      range: { start: first.subtask.range.start, end: first.subtask.range.start },
    },
  ];
}
