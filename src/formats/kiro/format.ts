import { editsOf, type PlanFormat, type PlanSource } from '../format';
import { matchesGlob } from '../globs';
import { readingOf } from '../reading';
import { isArchived } from './dialect';
import { readTasks } from './read';
import { scanTasks } from './scan';
import { sidecarsOf } from './sidecars';
import { statusEdits } from './write';

/** Kiro specs, with the dialects of cc-sdd, spec-workflow-mcp and kiro-for-cc. */
export const kiroFormat: PlanFormat = {
  name: 'kiro',
  title: 'Kiro',
  paths: [
    '**/.kiro/specs/**/tasks.md',
    '**/.spec-workflow/specs/*/tasks.md',
    '**/.claude/specs/*/tasks.md',
  ],
  home: (path) => [path],
  parts: sidecarsOf,
  detect,
  read(source) {
    const { plan, problems } = readTasks(source);
    return readingOf([plan], problems);
  },
  write(source, { key, status }) {
    const { tasks, dialect } = readTasks(source);
    const task = tasks.find(({ subtask }) => subtask.key === key);
    if (task === undefined) return null;
    return isArchived(source.path) ? [] : editsOf(source, statusEdits(task.box, status, dialect));
  },
};

const archived = '**/.spec-workflow/archive/specs/*/tasks.md';
// By their paths these are no plans, or those of other tools.
const foreign =
  /(?:^|\/)(?:(?:\.kiro|\.spec-workflow|\.claude|openspec)\/|specs\/[^/]+\/tasks\.md$)/;
const field =
  /^\s*[-*+]\s+(?:_(?:Requirements|Leverage|Prompt|Boundary|Depends|需求|要件)[:：]|\*\*Validates:)/m;

function detect({ path, text }: PlanSource): boolean {
  if (matchesGlob(path, [...kiroFormat.paths, archived])) return true;
  if (foreign.test(path) || !/\.md$/i.test(path)) return false;
  return field.test(text) && scanTasks(text).boxes.some(({ number }) => number !== null);
}
