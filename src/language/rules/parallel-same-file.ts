import type { ItemNode, PlanGraph } from '../../model/graph';
import type { Phase, Problem, Subtask } from '../../model/plan';
import type { Rule } from './rule';

/**
 * Subtasks of one phase that work on the same file though nothing orders them. They are run one
 * after the other, so this costs time and the order is chance. Where the file itself declares work
 * as parallel (a parallel-safe phase, the label `P`), its format has reported this already.
 */
export const parallelSameFile: Rule = {
  id: 'parallel-same-file',
  check(plan, graph) {
    return plan.phases
      .filter((phase) => phase.parallelSafe !== true)
      .flatMap((phase) => checkPhase(this.id, graph, phase));
  },
};

function checkPhase(rule: string, graph: PlanGraph, phase: Phase): Problem[] {
  const last = new Map<string, Subtask>();
  return phase.subtasks.flatMap((subtask): Problem[] => {
    const node = graph.byId.get(subtask.key);
    const problems: Problem[] = [];
    for (const [place, path] of node?.places ?? []) {
      const before = last.get(place);
      last.set(place, subtask);
      if (before === undefined || problems.length > 0 || node === undefined) continue;
      if (isDeclaredParallel(before) && isDeclaredParallel(subtask)) continue;
      const other = graph.byId.get(before.key);
      if (other === undefined || isBefore(other, node) || isBefore(node, other)) continue;
      problems.push(report(rule, before, subtask, path));
    }
    return problems;
  });
}

function report(rule: string, before: Subtask, subtask: Subtask, file: string): Problem {
  const message = `${before.id} and ${subtask.id} both work on ${file} and nothing orders them: they will run one after the other.`;
  const { line, idRange: range, path } = subtask;
  return {
    ...{ rule, severity: 'info', line, message, range },
    ...(path === null ? {} : { path }),
  };
}

function isDeclaredParallel({ labels }: Subtask): boolean {
  return labels.includes('P');
}

// A plan is input: the search for an order gives up, without a report, rather than take minutes.
const searched = 1000;

/** Whether `after` depends on `before`, directly or through others, as far as is looked. */
function isBefore(before: ItemNode, after: ItemNode): boolean {
  const seen = new Set([after]);
  for (const node of seen) {
    if (node === before || seen.size > searched) return true;
    for (const next of node.dependencies) seen.add(next);
  }
  return false;
}
