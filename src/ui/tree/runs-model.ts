import type { Mirror } from '../../protocol/mirror';
import type { RunView } from '../../protocol/views';
import type { StateChange } from '../engine/engine-state';
import { dayNode, dayOf, dayRow } from './day-item';
import type { TreeModel, TreeNode, TreeRow } from './item';
import { runNode, runRow } from './run-item';

/** Live runs first, then the ended ones by day; newest first in both. */
export class RunsModel implements TreeModel {
  /** @param now the time, in milliseconds since the epoch. */
  constructor(
    private readonly mirror: Mirror,
    private readonly now: () => number,
  ) {}

  roots(): TreeNode[] {
    const runs = this.mirror.runsByTime();
    const days = new Set(runs.filter(isEnded).map(dayOfRun));
    return [...runs.filter((run) => !isEnded(run)).map(runNode), ...[...days].map(dayNode)];
  }

  childrenOf(node: TreeNode): TreeNode[] {
    return node.kind === 'day' ? this.runsOn(node.key).map(runNode) : [];
  }

  parentOf(node: TreeNode): TreeNode | null {
    const run = this.mirror.runs.get(node.id ?? '');
    return node.kind === 'run' && run !== undefined && isEnded(run) ? dayNode(dayOfRun(run)) : null;
  }

  rowOf(node: TreeNode): TreeRow | null {
    if (node.kind === 'day') {
      const today = dayOf(new Date(this.now()).toISOString());
      return dayRow(node.key ?? '', today, this.runsOn(node.key).length);
    }
    const run = this.mirror.runs.get(node.id ?? '');
    if (run === undefined) return null;
    return runRow(run, this.mirror.subtasks.get(run.subtaskId) ?? null);
  }

  /** The nodes to draw again; `null`: the whole tree, for a run that came or ended. */
  touchedBy(change: StateChange): TreeNode[] | null {
    if (change.first) return null;
    const nodes: TreeNode[] = [];
    for (const { before, after } of change.runs) {
      if (before === null || after === null || isEnded(before) !== isEnded(after)) return null;
      nodes.push(runNode(after));
    }
    for (const { after } of change.subtasks) {
      const run = this.mirror.runs.get(after?.lastRunId ?? '');
      if (run !== undefined && !isEnded(run)) nodes.push(runNode(run));
    }
    return nodes;
  }

  private runsOn(day: string | undefined): RunView[] {
    return this.mirror.runsByTime().filter((run) => isEnded(run) && dayOfRun(run) === day);
  }
}

function isEnded(run: RunView): boolean {
  return run.state === 'ended';
}

function dayOfRun(run: RunView): string {
  return dayOf(run.endedAt ?? run.createdAt);
}
