import type { PlanReading } from '../model/plan';
import type { PlanFormat, PlanSource } from './format';
import { matchesGlob } from './globs';
import { autoClaudeFormat } from './auto-claude/format';
import { runsheetFormat } from './runsheet/format';
import { specKitFormat } from './spec-kit/format';

/** Every format that is read; where two accept a file, the earlier one has it. */
export const formats: readonly PlanFormat[] = [runsheetFormat, specKitFormat, autoClaudeFormat];

/** Globs, relative to the workspace, of every place where a file of a plan may be. */
export const planPaths: readonly string[] = formats.flatMap((format) => format.paths);

/** Whether a file of a plan may be at a workspace-relative path; `formatOf` decides. */
export function mayBePlan(path: string): boolean {
  return matchesGlob(path, planPaths);
}

/**
 * Where the plan is to which a file belongs by its path: another file, itself, or a folder;
 * `null` when no format knows the path. `exists` tells of a file's path.
 */
export function homeOf(path: string, exists: (path: string) => boolean): string | null {
  for (const format of formats) {
    if (!matchesGlob(path, format.paths)) continue;
    const home = format.home(path).find((place) => place.endsWith('/') || exists(place));
    if (home !== undefined) return home.replace(/\/$/, '');
  }
  return null;
}

/** The format that a file belongs to; `null` when it belongs to none. */
export function formatOf(source: PlanSource): PlanFormat | null {
  return formats.find((format) => format.detect(source)) ?? null;
}

export function formatNamed(name: string): PlanFormat | null {
  return formats.find((format) => format.name === name) ?? null;
}

/** Reads a file in the given format or in the one that it belongs to; `null`: in none. */
export function readPlan(
  source: PlanSource,
  format: PlanFormat | null = formatOf(source),
): PlanReading | null {
  return format === null ? null : format.read(source);
}
