import type { Problem } from '../../model/plan';
import type { SourceFile } from '../format';
import type { MarkdownLine } from '../markdown';
import { tableRows, type Cell, type TableRow } from '../markdown-table';
import { problem } from '../problems';
import {
  bulletText,
  duplicateNames,
  fieldIn,
  openDocument,
  placeOf,
  sectionNamed,
  sectionsOf,
  type SessionDocument,
} from './document';
import { readGates, type ReadGate } from './gates';
import { tasksIn, type TaskReference } from './task-cell';

// The operations file: batches, gates, risks, and the names of the tasks.

export interface Batch {
  id: string;
  name: string;
  /** `null`: the cell is free text. */
  tasks: TaskReference[] | null;
  cell: Cell;
  parallelSafe: boolean | null;
  /** What stands in the cell beside yes or no. */
  remark: string | null;
  checkpoint: string | null;
  line: MarkdownLine;
}

/** A task as the reference names it, with the theme that it belongs to. */
export interface NamedTask {
  id: string;
  title: string;
  theme: string;
  line: MarkdownLine;
}

export interface OpsDocument extends SessionDocument {
  batches: Batch[];
  gates: ReadGate[];
  named: ReadonlyMap<string, NamedTask>;
  themes: string[];
  concerns: number;
  risks: number;
  criticalPath: string | null;
  maxStreams: number | null;
}

export function readOps(file: SourceFile): OpsDocument {
  const document = openDocument(file);
  const { lines, problems } = document;
  const batches = tableRows(lines, ['batch', 'tasks']).flatMap((row) => batchOf(row, problems));
  const { named, themes } = readReference(lines, problems);
  if (named.size > 0) problems.push(...unknownTasks(batches, named));
  problems.push(...scheduledTwice(batches), ...notScheduled(batches, named), ...blockers(lines));
  const streams = /\d{1,6}/.exec(fieldIn(lines, 'Maximum parallel streams')?.value ?? '')?.[0];
  return {
    ...document,
    batches,
    gates: readGates(sectionNamed(lines, /^human gates/i), problems),
    named,
    themes,
    ...countRisks(lines),
    criticalPath: fieldIn(lines, 'Critical Path')?.value ?? null,
    maxStreams: streams === undefined ? null : Number(streams),
  };
}

function batchOf({ line, cells }: TableRow, problems: Problem[]): Batch[] {
  const id = /\d{1,6}/.exec(cells.get('batch')?.text ?? '')?.[0];
  const cell = cells.get('tasks');
  if (id === undefined || cell === undefined) {
    const message = 'This row has no number of a batch or no tasks, so it is left out.';
    problems.push(problem('warning', 'unknown-line', placeOf(line), message));
    return [];
  }
  const tasks = tasksIn(cell);
  if (tasks === null) {
    const at = { line: line.number, range: cell.range };
    const message = `The tasks of batch ${id} are no list of numbers such as 1.2, so the batch is one subtask. Name the tasks by their numbers.`;
    problems.push(problem('warning', 'batch-tasks-free-text', at, message));
  }
  const safe = parallelSafeIn(cells.get('parallel safe')?.text ?? '');
  const plain = (name: string) => cells.get(name)?.text.replaceAll('\\|', '|') ?? '';
  const [name, checkpoint] = [plain('name'), plain('checkpoint')];
  return [
    {
      ...{ id, tasks, cell, line },
      name: name === '' ? `Batch ${id}` : name,
      ...safe,
      checkpoint: checkpoint === '' ? null : checkpoint,
    },
  ];
}

/** A tick or a word at the start counts; what follows is a remark. */
export function parallelSafeIn(text: string): Pick<Batch, 'parallelSafe' | 'remark'> {
  const [, sign = '', rest = ''] = /^[\s*]*(✅|❌|yes\b|no\b)?[\s*]*(.*)$/iu.exec(text) ?? [];
  const parallelSafe = /^(?:✅|yes)/i.test(sign) ? true : sign === '' ? null : false;
  const remark = rest.replace(/^(?:yes|no)\b\s*/i, '').trim();
  return { parallelSafe, remark: remark === '' ? null : remark };
}

const taskBullet =
  /^\s*[-*+]\s+(?:\*\*)?(?:Task\s+|T)?(\d{1,4}\.\d{1,4})(?:\*\*)?\s*[:–—-]\s*(\S.*?)\s*$/i;

function readReference(
  lines: readonly MarkdownLine[],
  problems: Problem[],
): { named: Map<string, NamedTask>; themes: string[] } {
  const named = new Map<string, NamedTask>();
  const sections = sectionsOf(sectionNamed(lines, /^task reference/i), 3);
  const headings = sections.map(({ heading, line }) => {
    const [, number = '', name = heading.title] =
      /^Phase\s+(\d{1,6})\s*[:–—-]\s*(.*)$/i.exec(heading.title) ?? [];
    return { number, name, at: placeOf(line) };
  });
  sections.forEach(({ lines: own }, index) => {
    const { number = '', name = '' } = headings[index] ?? {};
    for (const line of own) {
      const [, id, title = ''] = taskBullet.exec(line.text) ?? [];
      if (id !== undefined && !named.has(id))
        named.set(id, { id, title, theme: `${number} ${name}`.trim(), line });
    }
  });
  problems.push(...duplicateNames(headings, 'phase'));
  return { named, themes: headings.map(({ name }) => name) };
}

function unknownTasks(batches: readonly Batch[], named: ReadonlyMap<string, NamedTask>): Problem[] {
  return batches.flatMap(({ id: batch, tasks, line }) =>
    (tasks ?? []).flatMap(({ id, range }): Problem[] => {
      if (named.has(id)) return [];
      const message = `Batch ${batch} names task ${id}, which the task reference does not have. Correct the number.`;
      return [problem('error', 'unknown-task-ref', { line: line.number, range }, message)];
    }),
  );
}

function scheduledTwice(batches: readonly Batch[]): Problem[] {
  const first = new Map<string, string>();
  return batches.flatMap(({ id: batch, tasks, line }) =>
    (tasks ?? []).flatMap(({ id, range }): Problem[] => {
      const before = first.get(id);
      first.set(id, before ?? batch);
      if (before === undefined) return [];
      const message = `Task ${id} is in batch ${before} already. Leave it in one of them.`;
      return [problem('error', 'task-in-two-batches', { line: line.number, range }, message)];
    }),
  );
}

function notScheduled(batches: readonly Batch[], named: ReadonlyMap<string, NamedTask>): Problem[] {
  if (batches.length === 0 || batches.some(({ tasks }) => tasks === null)) return [];
  const scheduled = new Set(batches.flatMap(({ tasks }) => (tasks ?? []).map(({ id }) => id)));
  return [...named.values()].flatMap(({ id, line }): Problem[] => {
    if (scheduled.has(id)) return [];
    const message = `Task ${id} is in no batch and would never be done. Add it to one.`;
    return [problem('error', 'task-not-scheduled', placeOf(line), message)];
  });
}

/** The word that stands for such work in plans; reports speak of it in other ways, too. */
const blocker = /\bBLOCKER\b/;

/** Work that the plan needs and does not hold. */
export function blockers(lines: readonly MarkdownLine[], word = blocker): Problem[] {
  return lines.flatMap((line): Problem[] => {
    const { text, heading, kind } = line;
    const required = /^\s*(?:#+\s+)?(?:[-*+]\s+)?(?:\*\*)?required before\b/i.test(text);
    if (kind !== 'text' || !(required || (heading === null && word.test(text)))) return [];
    const shown = (heading?.title ?? bulletText(line)).slice(0, 120);
    const message = `Something must be there before the work begins: ${shown}. See to it, or add it to the plan.`;
    return [problem('warning', 'missing-prerequisite', placeOf(line), message)];
  });
}

function countRisks(lines: readonly MarkdownLine[]): Pick<OpsDocument, 'concerns' | 'risks'> {
  const about = sectionsOf(lines, 2).filter(({ heading }) =>
    /^operational (?:concerns|risks)/i.test(heading.title),
  );
  const sections = about.flatMap((section) => sectionsOf(section.lines, 3));
  const tables = sections.map(({ lines: own }) => tableRows(own, ['risk', 'mitigation']).length);
  const headed = sections.filter((_, index) => tables[index] === 0);
  const risks = headed.filter(({ heading }) => /^risk\b/i.test(heading.title)).length;
  const listed = tables.reduce((sum, count) => sum + count, 0);
  const severities = headed.filter(({ heading }) => /\bseverity$/i.test(heading.title)).length;
  return { concerns: headed.length - risks - severities, risks: risks + listed };
}
