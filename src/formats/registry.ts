import type { PlanReading, Problem } from '../model/plan';
import { keptBytesIn } from './decode';
import { perFile, type PlanFormat, type PlanSource } from './format';
import { matchesGlob } from './globs';
import { masked } from './masked';
import { problem } from './problems';
import { toldProblems } from './reading';
import { LineIndex } from './text';
import { autoClaudeFormat } from './auto-claude/format';
import { autobuildrFormat } from './autobuildr/format';
import { backlogMdFormat } from './backlog-md/format';
import { beadsFormat } from './beads/format';
import { bmadFormat } from './bmad/format';
import { codebaseMcpFormat } from './codebase-mcp/format';
import { gsdFormat } from './gsd/format';
import { kiroFormat } from './kiro/format';
import { markdownListFormat } from './markdown-list/format';
import { openspecFormat } from './openspec/format';
import { runsheetFormat } from './runsheet/format';
import { specKitFormat } from './spec-kit/format';
import { taskMasterFormat } from './task-master/format';
import { vpOpsFormat } from './vp-ops/format';

/** Every format that is read; where two accept a file, the earlier one has it. */
export const formats: readonly PlanFormat[] = [
  runsheetFormat,
  kiroFormat,
  openspecFormat,
  specKitFormat,
  taskMasterFormat,
  gsdFormat,
  autoClaudeFormat,
  autobuildrFormat,
  codebaseMcpFormat,
  vpOpsFormat,
  beadsFormat,
  backlogMdFormat,
  bmadFormat,
  markdownListFormat,
];

/** Globs, relative to the workspace, of every place where a file of a plan may be. */
export const planPaths: readonly string[] = formats.flatMap((format) => format.paths);

/** Whether a file of a plan may be at a workspace-relative path; `formatOf` decides. */
export function mayBePlan(path: string): boolean {
  return matchesGlob(path, planPaths);
}

/**
 * Where the plan may be to which a file belongs by its path: places in the order of preference,
 * folders with a `/` at their end. The first that exists counts; empty when no format knows it.
 */
export function homesOf(path: string): string[] {
  return formats.flatMap((format) => (matchesGlob(path, format.paths) ? format.home(path) : []));
}

/**
 * The format that a file belongs to; `null` when it belongs to none.
 * @param checklists globs of Markdown files that are plans though no format knows them.
 */
export function formatOf(
  source: PlanSource,
  checklists: readonly string[] = [],
): PlanFormat | null {
  const found = formats.find((format) => format.detect(source)) ?? null;
  return found ?? (matchesGlob(source.path, checklists) ? markdownListFormat : null);
}

export function formatNamed(name: string): PlanFormat | null {
  return formats.find((format) => format.name === name) ?? null;
}

/**
 * Reads a file in the given format or in the one that it belongs to, with the credentials in it
 * masked; `null`: in none.
 */
export function readPlan(
  source: PlanSource,
  format: PlanFormat | null = formatOf(source),
): PlanReading | null {
  if (format === null) return null;
  const reading = format.read(source);
  const broken = brokenText(source);
  const problems = broken.length === 0 ? reading.problems : [...broken, ...reading.problems];
  return masked({ ...reading, problems: toldProblems(problems) });
}

const brokenPlace = perFile(({ text }) => {
  const at = keptBytesIn(text);
  return at < 0
    ? null
    : { line: new LineIndex(text).lineAt(at), range: { start: at, end: at + 1 } };
});

/** What the files of a plan hold that is no text, beside what could be read. */
function brokenText(source: PlanSource): Problem[] {
  const files = [source, ...(source.others?.values() ?? [])];
  return files.flatMap((file): Problem[] => {
    const at = brokenPlace(file);
    const path = file === source ? null : file.path;
    const message =
      'The line holds bytes that are no UTF-8. They are left as they are; save the file as UTF-8 to mend it.';
    return at === null ? [] : [problem('error', 'not-utf8', { ...at, path }, message)];
  });
}
