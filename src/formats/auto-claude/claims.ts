import type { Node } from 'jsonc-parser';
import type { Problem, Severity } from '../../model/plan';
import { membersOf, numberOf, textOf, textsOf } from '../json';
import { problem } from '../problems';
import { placeOf, type JsonDocument } from '../json-document';
import type { ReadGroup } from './document';
import { boardStatuses, finishedWords, planStatuses, untouchedWords, workflowTypes } from './words';

// What the file claims about itself, held against what it holds. Nothing here is believed.

export function claimProblems(document: JsonDocument, groups: readonly ReadGroup[]): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (severity, rule, node, message, expected) =>
    problems.push(problem(severity, rule, placeOf(node, document.lines), message, expected));
  reportEmpty(document, groups, report);
  reportLists(document, groups, report);
  reportSummary(document, groups, report);
  reportColumns(document, groups, report);
  reportOverlaps(groups, report);
  const workflow = document.members.get('workflow_type');
  const type = textOf(workflow);
  if (workflow !== undefined && type !== null && !workflowTypes.has(type))
    report('info', 'unknown-workflow-type', workflow, `The workflow type ${type} is not known.`);
  return problems;
}

type Report = (
  severity: Severity,
  rule: string,
  node: Node,
  message: string,
  expected?: string,
) => void;

function reportEmpty({ root }: JsonDocument, groups: readonly ReadGroup[], report: Report): void {
  if (groups.every(({ phase }) => phase.subtasks.length === 0))
    report('warning', 'empty-plan', root, 'The plan has no subtasks yet.');
}

function reportLists(
  { root, members }: JsonDocument,
  groups: readonly ReadGroup[],
  report: Report,
): void {
  const objects: [Node, ReadonlyMap<string, Node>][] = [[root, members]];
  for (const { group } of groups)
    if (group.phase !== null) objects.push([group.phase, group.members]);
  for (const [node, own] of objects)
    if (own.has('subtasks') && own.has('chunks'))
      report('warning', 'dual-lists', node, 'Both subtasks and chunks are given; subtasks count.');
}

function reportSummary(
  { members }: JsonDocument,
  groups: readonly ReadGroup[],
  report: Report,
): void {
  const summary = membersOf(members.get('summary'));
  const subtasks = groups.reduce((sum, { phase }) => sum + phase.subtasks.length, 0);
  const phases = groups.filter(({ group }) => group.phase !== null).length;
  const counts = [
    ['total_phases', phases, 'phases'],
    ['total_subtasks', subtasks, 'subtasks'],
    ['total_chunks', subtasks, 'subtasks'],
  ] as const;
  for (const [key, count, what] of counts) {
    const node = summary.get(key);
    const claimed = numberOf(node);
    if (node !== undefined && claimed !== null && claimed !== count)
      report(
        'info',
        'summary-mismatch',
        node,
        `${key} says ${claimed}; the plan has ${count} ${what}.`,
        String(count),
      );
  }
  const start = summary.get('startup_command') ?? members.get('startup_command');
  const command = textOf(start);
  if (start !== undefined && command?.includes('--parallel') === true)
    report(
      'info',
      'dead-startup-command',
      start,
      'The option --parallel no longer exists in that tool; the command is only shown.',
      JSON.stringify(command.replace(/ --parallel(?:[ =]\d+)?(?= |$)/, '')),
    );
}

function reportColumns(
  { members }: JsonDocument,
  groups: readonly ReadGroup[],
  report: Report,
): void {
  const columns = [
    ['status', planStatuses],
    ['planStatus', boardStatuses],
  ] as const;
  for (const [key, known] of columns) {
    const node = members.get(key);
    const word = textOf(node);
    if (node !== undefined && word !== null && !known.has(word))
      report('info', 'unknown-plan-status', node, `The ${key} ${word} is not known.`);
  }
  // The words that can be contradicted are those of `status`; `planStatus` only sums it up.
  const node = members.get('status');
  const word = textOf(node) ?? '';
  const leaves = groups.flatMap(({ phase }) => phase.subtasks);
  const done = leaves.filter(({ status }) => status === 'claimed').length;
  const isWrong =
    (finishedWords.has(word) && done < leaves.length) || (untouchedWords.has(word) && done > 0);
  if (node === undefined || !isWrong) return;
  const message = `The status says ${word}, but ${done} of ${leaves.length} subtasks are done. The subtasks count.`;
  report('warning', 'plan-status-contradiction', node, message);
}

function reportOverlaps(groups: readonly ReadGroup[], report: Report): void {
  for (const { group, phase } of groups) {
    if (phase.parallelSafe !== true) continue;
    const owners = new Map<string, string>();
    phase.subtasks.forEach((subtask, index) => {
      const node = group.leaves[index];
      const files = changedFiles(membersOf(node));
      const shared = [...files].find((file) => owners.has(file));
      for (const file of files) if (!owners.has(file)) owners.set(file, subtask.id);
      if (shared === undefined || node === undefined) return;
      report(
        'warning',
        'parallel-safe-overlap',
        node,
        `${subtask.id} names ${shared}, as ${owners.get(shared) ?? ''} does, in a phase marked parallel-safe. They run one after the other.`,
      );
    });
  }
}

/** The entries of the lists by which the tool plans; a `file_path` is none of them. */
function changedFiles(members: ReadonlyMap<string, Node>): Set<string> {
  const lists = ['files_to_modify', 'files_to_create'].map((key) => textsOf(members.get(key)));
  return new Set(lists.flat());
}
