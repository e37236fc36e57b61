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

/** Gives phases and subtasks what they wait for; the gates among it are the answer. */
export function linkIssues(linking: Linking): Gate[] {
  const { tracker, phases, subtasks } = linking;
  const waiting = new Map<string, Set<string>>();
  for (const link of tracker.links) {
    if (!blockingTypes.has(link.type) || !tracker.work.has(link.from)) continue;
    const gate = tracker.gates.get(link.to);
    if (gate !== undefined) waitForGate(gate, link, waiting, linking);
    else if (tracker.work.has(link.to)) waitForIssue(link, linking);
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

function waitForIssue({ from, to, at }: Link, linking: Linking): void {
  const { phases, subtasks, problems, tree } = linking;
  const owner = phases.get(from) ?? subtasks.get(from);
  if (from === to) problems.push(selfDependency(at, from));
  owner?.dependsOn.push({
    id: to,
    kind: 'declared',
    range: (at.path ?? null) === null ? at.range : null,
  });
  const before = tree.phases.get(to);
  if (before === undefined) return;
  if (descendantsOf(tree, to).some(({ id }) => subtasks.has(id))) return;
  if (before.word !== 'closed')
    hold(from, `It depends on ${to}, which is open and has no issues. Close it first.`, linking);
}

/** A gate that people open is one of the plan; of others only their tool knows. */
function waitForGate(
  gate: Issue,
  { from }: Link,
  waiting: Map<string, Set<string>>,
  linking: Linking,
): void {
  if (gate.word === 'closed' || gate.word === 'tombstone') return;
  const kind = textIn(gate.row.fields, 'await_type');
  if (kind === 'human') {
    const blocked = waiting.get(gate.id) ?? new Set<string>();
    for (const key of keysOf(from, linking)) blocked.add(key);
    waiting.set(gate.id, blocked);
  } else
    hold(
      from,
      `It waits for the gate ${gate.id} (${kind || 'of no kind'}), which bd opens.`,
      linking,
    );
}

function hold(id: string, reason: string, linking: Linking): void {
  for (const key of keysOf(id, linking)) {
    const subtask = linking.subtasks.get(key);
    if (subtask?.status === 'pending') subtask.notReady ??= reason;
  }
}

/** The subtask, or all subtasks below. */
function keysOf(id: string, { subtasks, tree }: Linking): string[] {
  if (subtasks.has(id)) return [id];
  return descendantsOf(tree, id).flatMap((issue) => (subtasks.has(issue.id) ? [issue.id] : []));
}

function reportLost({ from, to, at }: Link, linking: Linking): void {
  if (to.startsWith('external:')) {
    for (const key of keysOf(from, linking)) linking.subtasks.get(key)?.labels.push(`after ${to}`);
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
  for (const [id, phase] of phases) {
    const above = ancestorsOf(tree, id).flatMap((ancestor) => {
      const inside = new Set([ancestor, ...descendantsOf(tree, ancestor.id)].map((one) => one.id));
      return (own.get(ancestor.id) ?? []).filter((dependency) => !inside.has(dependency.id));
    });
    phase.dependsOn = distinct([...phase.dependsOn, ...above.map(implied)]);
  }
  for (const [id, owner] of [...phases, ...subtasks]) {
    const around = new Set([id, ...ancestorsOf(tree, id).map((issue) => issue.id)]);
    const below = owner.dependsOn
      .filter((dependency) => phases.has(dependency.id) && !around.has(dependency.id))
      .flatMap((dependency) =>
        descendantsOf(tree, dependency.id).flatMap((issue) =>
          phases.has(issue.id) && !around.has(issue.id) ? [implied(issue)] : [],
        ),
      );
    if (below.length > 0) owner.dependsOn = distinct([...owner.dependsOn, ...below]);
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
