import type { PlanReading } from '../model/plan';
import type { PlanFormat, PlanSource } from './format';
import { matchesGlob } from './globs';
import { masked } from './masked';
import { autoClaudeFormat } from './auto-claude/format';
import { autobuildrFormat } from './autobuildr/format';
import { backlogMdFormat } from './backlog-md/format';
import { beadsFormat } from './beads/format';
import { bmadFormat } from './bmad/format';
import { codebaseMcpFormat } from './codebase-mcp/format';
import { gsdFormat } from './gsd/format';
import { kiroFormat } from './kiro/format';
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

/** The format that a file belongs to; `null` when it belongs to none. */
export function formatOf(source: PlanSource): PlanFormat | null {
  return formats.find((format) => format.detect(source)) ?? null;
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
  return format === null ? null : masked(format.read(source));
}
