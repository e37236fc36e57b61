import type { Problem, Subtask } from '../../model/plan';
import { rangeOfNode } from '../json';
import { problem, type Place } from '../problems';
import type { Parent, ReadTag, TagContext } from './items';

// What tasks claim about their subtasks, held against these. Subtasks count.

export function claimProblems({ parents, leaves }: ReadTag, context: TagContext): Problem[] {
  const problems = parents.flatMap((parent) => contradictions(parent, context));
  const open = leaves.filter(({ subtask }) => isOpen(subtask));
  const unproven = open.filter(({ subtask }) => subtask.verification.length === 0);
  const [first] = unproven;
  if (first !== undefined) {
    const message = `${first.subtask.id} has no testStrategy, nor has its task; so have ${unproven.length} of ${open.length} open ones. Say how the work is verified.`;
    problems.push(problem('info', 'no-verification', first.item.at, message));
  }
  return problems;
}

function isOpen({ status }: Subtask): boolean {
  return status !== 'claimed' && status !== 'skipped';
}

function contradictions({ item, status, leaves }: Parent, { lines }: TagContext): Problem[] {
  const node = item.members.get('status');
  const at: Place =
    node === undefined ? item.at : { line: lines.lineAt(node.offset), range: rangeOfNode(node) };
  const open = leaves.filter(({ subtask }) => isOpen(subtask));
  const [first] = open;
  const quoted = (word: string) => (node?.type === 'string' ? JSON.stringify(word) : undefined);
  if (status === 'claimed' && first !== undefined) {
    const message = `Task ${item.id} says done, but ${open.length} of its ${leaves.length} subtasks are open: ${first.subtask.id} first. The subtasks count.`;
    const isBegun = leaves.some(({ subtask }) => subtask.status !== 'pending');
    const word = quoted(isBegun ? 'in-progress' : 'pending');
    return [problem('warning', 'parent-done-child-open', at, message, word)];
  }
  const allDone = leaves.every(({ subtask }) => subtask.status === 'claimed');
  if (!allDone || status === 'claimed' || status === 'skipped') return [];
  const message = `All subtasks of ${item.id} are done, but the task is not. Set it to done.`;
  return [problem('info', 'parent-open-children-done', at, message, quoted('done'))];
}
