import { autoClaudeProgress } from './auto-claude/progress';
import { autobuildrProgress } from './autobuildr/progress';
import type { ProgressLog } from './progress-log';
import { baseName } from './text';

/** The log that belongs to a plan; `null` for formats, and files of formats, that have none. */
export function progressLogOf(format: string, path: string): ProgressLog | null {
  if (format === 'auto-claude' && baseName(path).endsWith('.json')) return autoClaudeProgress;
  if (format === 'autobuildr' && baseName(path).endsWith('.json')) return autobuildrProgress;
  return null;
}
