import type { Problem } from '../../model/plan';
import { problem } from '../problems';
import type { Issue, Tracker } from './issues';
import { textIn } from './rows';
import type { Tree } from './tree';

// What rows claim about themselves and each other, held against the file. Nothing is believed.

export function claimProblems({ work }: Tracker, tree: Tree): Problem[] {
  const issues = [...work.values()];
  return [
    ...issues.flatMap(closedAt),
    ...issues.flatMap((issue) => contradiction(issue, tree.childrenOf.get(issue.id) ?? [])),
    ...unproven(issues.filter(({ id }) => !tree.phases.has(id))),
  ];
}

function closedAt({ id, row, word }: Issue): Problem[] {
  const isClosed = word === 'closed';
  if ((textIn(row.fields, 'closed_at') !== '') === isClosed) return [];
  const message = isClosed
    ? `${id} is closed, but has no closed_at.`
    : `${id} has a closed_at, but is ${word}. The status counts.`;
  return [problem('warning', 'closed-at-mismatch', row, message)];
}

function contradiction({ id, row, word }: Issue, children: readonly Issue[]): Problem[] {
  const open = children.filter((child) => child.word !== 'closed');
  const [first] = open;
  if (word === 'closed' && first !== undefined) {
    const message = `${id} is closed, but ${open.length} of its ${children.length} issues are open: ${first.id} first. They count.`;
    return [problem('warning', 'parent-done-child-open', row, message)];
  }
  if (word === 'closed' || first !== undefined || children.length === 0) return [];
  const message = `All issues of ${id} are closed, so it can be closed, too: bd close ${id}.`;
  return [problem('info', 'parent-open-children-done', row, message)];
}

function unproven(issues: readonly Issue[]): Problem[] {
  const open = issues.filter(({ word }) => word !== 'closed');
  const without = open.filter(({ row }) => textIn(row.fields, 'acceptance_criteria') === '');
  const [first] = without;
  if (first === undefined) return [];
  const message = `${first.id} has no acceptance criteria; so have ${without.length} of ${open.length} open issues. Say how the work is verified.`;
  return [problem('info', 'no-verification', first.row, message)];
}
