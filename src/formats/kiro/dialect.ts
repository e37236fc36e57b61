import type { PlanSource } from '../format';
import { baseName } from '../text';
import type { Scan } from './scan';

/** Who wrote a tasks.md; marks and fields mean the same but for a few. */
export type Dialect = 'native' | 'cc-sdd' | 'spec-workflow' | 'kiro-for-cc';

const parallelMark = /^\(P\)(?=\s)|\s\(P\)$/;
const boundary = /^\s*(?:[-*+]\s+)?_Boundary:/;
const workflowField = /^\s*(?:[-*+]\s+)?(?:_(?:Prompt|Leverage):|Purpose:)/;

/** By the path first; within Kiro's own folder and elsewhere, by what stands in the file. */
export function dialectOf({ path, others }: PlanSource, { lines, boxes }: Scan): Dialect {
  if (/(?:^|\/)\.spec-workflow\//.test(path)) return 'spec-workflow';
  if (/(?:^|\/)\.claude\/specs\//.test(path)) return 'kiro-for-cc';
  const says = (pattern: RegExp) =>
    lines.some(({ kind, text }) => kind === 'text' && pattern.test(text));
  if (others?.has(besides(path, 'spec.json')) === true) return 'cc-sdd';
  if (boxes.some(({ title }) => parallelMark.test(title)) || says(boundary)) return 'cc-sdd';
  const isKiros = /(?:^|\/)\.kiro\//.test(path);
  return !isKiros && says(workflowField) ? 'spec-workflow' : 'native';
}

/** The path of a file that lies beside another. */
export function besides(path: string, name: string): string {
  return path.slice(0, path.length - baseName(path).length) + name;
}

/** A title without the mark of what may run in parallel, and whether it has it. */
export function withoutParallelMark(title: string): { title: string; isParallel: boolean } {
  const isParallel = parallelMark.test(title);
  return { title: isParallel ? title.replace(parallelMark, '').trim() : title, isParallel };
}

/** Archived specs are read when they are asked for, and never written. */
export function isArchived(path: string): boolean {
  return /(?:^|\/)\.spec-workflow\/archive\//.test(path);
}
