import type { Dependency, Gate, Phase, Plan, Problem, Subtask } from '../../model/plan';
import { distinct } from '../graph';
import { problem, selfDependency } from '../problems';
import type { Issue, Link, Tracker } from './issues';
import { textIn } from './rows';
import { titleOf } from './subtask';
import { ancestorsOf, descendantsOf, type Tree } from './tree';
import { blockingTypes } from './words';

/** A plan whose dependencies are to be found, with what they are found in. */
export interface Linking {
  tracker: Tracker;
  tree: Tree;
  phases: ReadonlyMap<string, Phase>;
  subtasks: ReadonlyMap<string, Subtask>;
  problems: Problem[];
}

const mostGates = 100;
/** Of what follows from one dependency no more is written out. */
const mostImplied = 100;

/** Says why nothing of an issue can be run. */
type Hold = (id: string, reason: string) => void;

/** Answers that are kept, as many issues ask the same. */
function kept<T>(answer: (id: string) => T): (id: string) => T {
  const answers = new Map<string, { value: T }>();
  return (id) => {
    const known = answers.get(id) ?? { value: answer(id) };
    answers.set(id, known);
    return known.value;
  };
}

/** Gives phases and subtasks what they wait for; the gates among it are the answer. */
export function linkIssues(linking: Linking): Gate[] {
  const held = new Set<string>();
  const hold: Hold = (id, reason) => {
    if (held.has(id)) return;
    held.add(id);
    for (const key of keysOf(id, linking)) {
      const subtask = linking.subtasks.get(key);
      if (subtask?.status === 'pending') subtask.notReady ??= reason;
    }
  };
  const { tracker, phases, subtasks } = linking;
  const isEmpty = kept((id) => keysOf(id, linking).length === 0);
  const waiting = new Map<string, Set<string>>();
  for (const link of tracker.links) {
    if (!blockingTypes.has(link.type) || !tracker.work.has(link.from)) continue;
    const gate = tracker.gates.get(link.to);
    if (gate !== undefined) waitForGate(gate, link, waiting, hold, linking);
    else if (tracker.work.has(link.to)) waitForIssue(link, isEmpty, hold, linking);
    else reportLost(link, linking);
  }
  for (const owner of [...phases.values(), ...subtasks.values()])
    owner.dependsOn = distinct(owner.dependsOn);
  inherit(linking);
  return [...waiting].flatMap(([id, blocked]) => {
    const gate = tracker.gates.get(id);
    return gate === undefined ? [] : [gateOf(gate, [...blocked], linking)];
  });
}

function waitForIssue(
  { from, to, at }: Link,
  isEmpty: (id: string) => boolean,
  hold: Hold,
  { phases, subtasks, problems, tree }: Linking,
): void {
  const owner = phases.get(from) ?? subtasks.get(from);
  if (from === to) problems.push(selfDependency(at, from));
  const range = (at.path ?? null) === null ? at.range : null;
  owner?.dependsOn.push({ id: to, kind: 'declared', range });
  const before = tree.phases.get(to);
  if (before !== undefined && before.word !== 'closed' && isEmpty(to))
    hold(from, `It depends on ${to}, which is open and has no issues. Close it first.`);
}

/** A gate that people open is one of the plan; of others only their tool knows. */
function waitForGate(
  { id, row, word }: Issue,
  { from }: Link,
  waiting: Map<string, Set<string>>,
  hold: Hold,
  linking: Linking,
): void {
  if (word === 'closed' || word === 'tombstone') return;
  const kind = textIn(row.fields, 'await_type') || 'of no kind';
  const blocked = waiting.get(id) ?? new Set<string>();
  if (kind !== 'human' || (!waiting.has(id) && waiting.size >= mostGates)) {
    hold(from, `It waits for the gate ${id} (${kind}), which bd opens.`);
    return;
  }
  for (const key of keysOf(from, linking)) blocked.add(key);
  waiting.set(id, blocked);
}

/** The subtask, or all subtasks below. */
function keysOf(id: string, { subtasks, tree }: Linking): string[] {
  if (subtasks.has(id)) return [id];
  return descendantsOf(tree, id).flatMap((issue) => (subtasks.has(issue.id) ? [issue.id] : []));
}

function reportLost({ from, to, at }: Link, linking: Linking): void {
  if (to.startsWith('external:')) {
    linking.subtasks.get(from)?.labels.push(`after ${to}`);
    return;
  }
  if (linking.tracker.known.has(to)) return;
  const message = `${from} depends on ${to}, which is in no row of this file: it was pruned, or is not exported. Remove the dependency, or export again.`;
  linking.problems.push(problem('warning', 'dangling-dependency', at, message));
}

/**
 * What blocks an issue blocks all below it, and a phase is only done with the phases below it:
 * both follow from the tool's rules, as phases stand flat here.
 */
function inherit({ phases, subtasks, tree }: Linking): void {
  const own = new Map([...phases].map(([id, { dependsOn }]) => [id, dependsOn]));
  const handedDown = kept((id) => {
    const dependencies = own.get(id) ?? [];
    if (dependencies.length === 0) return [];
    const inside = new Set([id, ...descendantsOf(tree, id).map((one) => one.id)]);
    return dependencies.filter((one) => !inside.has(one.id)).slice(0, mostImplied);
  });
  const phasesBelow = kept((id) =>
    descendantsOf(tree, id)
      .filter((one) => phases.has(one.id))
      .slice(0, mostImplied)
      .map(implied),
  );
  for (const [id, phase] of phases) {
    const above = ancestorsOf(tree, id).flatMap((ancestor) => handedDown(ancestor.id));
    phase.dependsOn = distinct([...phase.dependsOn, ...above.map(implied)]);
  }
  for (const [id, owner] of [...phases, ...subtasks]) {
    if (!owner.dependsOn.some((dependency) => phases.has(dependency.id))) continue;
    const around = new Set([id, ...ancestorsOf(tree, id).map((issue) => issue.id)]);
    const below = owner.dependsOn
      .filter((dependency) => !around.has(dependency.id))
      .flatMap((dependency) => phasesBelow(dependency.id))
      .filter((dependency) => !around.has(dependency.id));
    owner.dependsOn = distinct([...owner.dependsOn, ...below]);
  }
}

function implied({ id }: { id: string }): Dependency {
  return { id, kind: 'implied', range: null };
}

function gateOf(gate: Issue, blocks: string[], linking: Linking): Plan['gates'][number] {
  const { id, row } = gate;
  const before = linking.tracker.links.filter(
    ({ from, type }) => from === id && blockingTypes.has(type),
  );
  return {
    key: id,
    id,
    title: titleOf(gate),
    kind: 'human',
    trigger: { type: 'manual' },
    after: [...new Set(before.flatMap(({ to }) => keysOf(to, linking)))],
    blocks,
    criteria: [],
    line: row.line,
    range: row.range,
  };
}
