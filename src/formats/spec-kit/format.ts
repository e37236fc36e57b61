import type { SubtaskStatus } from '../../model/status';
import { editsOf, type PlanFormat, type PlanSource, type TextEdit } from '../format';
import { matchesGlob } from '../globs';
import { markdownLines } from '../markdown';
import { readingOf } from '../reading';
import { tickEdits, usualTick } from '../ticks';
import { checklistsOf } from './checklists';
import { isBoldDialect } from './dialect';
import { readTasks, type TasksReading } from './read';
import { scanTasks } from './scan';
import type { ReadTask } from './subtask';

/** GitHub spec-kit: `specs/<feature>/tasks.md`. */
export const specKitFormat: PlanFormat = {
  name: 'spec-kit',
  title: 'Spec Kit',
  paths: ['**/specs/*/tasks.md'],
  home: (path) => (foreign.test(path) ? [] : [path]),
  parts: checklistsOf,
  detect,
  read(source) {
    const { plan, problems } = readTasks(source);
    return readingOf([plan], problems);
  },
  write(source, { key, status }) {
    const reading = readTasks(source);
    const task = reading.tasks.find(({ subtask }) => subtask.key === key);
    if (task === undefined) return null;
    const { box } = task.entry;
    if (box === null) return editsOf(source, headingEdits(task, reading, status));
    const tick = usualTick(reading.tasks.map(({ entry }) => entry.box?.mark));
    return editsOf(source, tickEdits(box, status, tick));
  },
};

// Other tools keep a tasks.md in folders that look the same.
const foreign = /(?:^|\/)(?:\.kiro|\.spec-workflow|\.claude|openspec)\//;

function detect({ path, text }: PlanSource): boolean {
  if (foreign.test(path) || !/\.md$/i.test(path) || isBoldDialect(text)) return false;
  if (matchesGlob(path, specKitFormat.paths)) return true;
  if (!text.includes('T001')) return false;
  const { mode, tasks } = scanTasks(text);
  const titled = markdownLines(text).some(({ heading }) => /^Tasks?:/.test(heading?.title ?? ''));
  return titled && mode === 'box' && tasks.length > 0;
}

function isDone(status: SubtaskStatus): boolean {
  return status === 'done' || status === 'claimed';
}

/** A heading gets a tick only where the file's other headings have one. */
function headingEdits(
  { entry, subtask }: ReadTask,
  { tasks }: TasksReading,
  status: SubtaskStatus,
): TextEdit[] {
  const ticked = tasks.some((task) => task.entry.heading?.title.includes('✅'));
  if (!isDone(status) || subtask.status === 'claimed' || !ticked) return [];
  const end = entry.heading?.range.end ?? entry.line.end;
  return [{ range: { start: end, end }, text: ' ✅' }];
}
