import type { SourceFile } from '../format';
import { readFrontMatter } from '../front-matter';
import { matchesGlob } from '../globs';
import { isBoldDialect } from '../spec-kit/dialect';
import { baseName } from '../text';
import { isStatusReport } from './status-report';

export type Kind = 'tasks' | 'project_status' | 'session_prompt' | 'session_report' | 'none';

/** Other tools keep a tasks.md in folders that look the same. */
const foreign = /(?:^|\/)(?:\.kiro|\.spec-workflow|\.claude|openspec)\//;
const prompt = /^session_[^/]*\.md$/i;

/** What a file is by its path; `null` when only its text can say. */
export function kindOfPath(path: string): Kind | null {
  const name = baseName(path);
  if (foreign.test(path) || !/\.md$/i.test(path)) return 'none';
  if (name.endsWith('.project_status.md')) return 'project_status';
  if (prompt.test(name)) return 'session_prompt';
  return null;
}

/** What a file is that is asked for, or found, as one of this family. */
export function kindOf({ path, text }: SourceFile): Kind {
  const front = text.startsWith('---') || text.startsWith('\uFEFF---') ? headKeys(text) : null;
  if (front?.has('subagent_type') === true && front.has('specification_id'))
    return 'session_report';
  if (front?.has('schema_version') === true && front.has('workflow_phases'))
    return 'session_prompt';
  const known = kindOfPath(path);
  if (known !== null) return known;
  if (isTaskList(path, text)) return 'tasks';
  return isStatusReport(text) ? 'project_status' : 'none';
}

/** The keys of the front matter; where it is never closed, those of the lines below its opening. */
function headKeys(text: string): ReadonlySet<string> {
  const front = readFrontMatter(text);
  if (front.state === 'closed') return new Set(front.values.keys());
  const lines = text.slice(0, 4000).split(/\r\n|\n|\r/);
  return new Set(lines.flatMap((line) => /^(\w{1,60}):/.exec(line)?.[1] ?? []));
}

const taskLine = /^[ \t]*[-*+][ \t]+\[.\][ \t]+[*_~`[]*T\d{3}/mu;

/** A list by its name or first heading; documents talk of tasks and tick them, too. */
function isTaskList(path: string, text: string): boolean {
  if (!taskLine.test(text)) return false;
  if (matchesGlob(path, ['**/specs/*/tasks.md']) || /(?:^|[_/-])tasks\.md$/i.test(path))
    return true;
  const title = /^#[ \t]+(\S.*)$/m.exec(text)?.[1] ?? '';
  return /^Tasks?\s*:/i.test(title);
}

/** Whether a file belongs to this format rather than to spec-kit, which has the same folders. */
export function isOurs(source: SourceFile): boolean {
  const kind = kindOf(source);
  return kind === 'tasks' ? isBoldDialect(source.text) : kind !== 'none';
}
