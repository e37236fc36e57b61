import type { PlanFormat, PlanSource } from '../format';
import { readingOf } from '../reading';
import {
  homesOf,
  isBacklogFolder,
  isTaskPath,
  lockOf,
  partsAt,
  placeKind,
  planPaths,
} from './places';
import { readBacklog } from './read';
import { readTaskFile } from './task-file';
import { writeStatus } from './write';

/** Backlog.md: a folder `backlog/` with a file for each task, or one such file alone. */
export const backlogMdFormat: PlanFormat = {
  name: 'backlog-md',
  title: 'Backlog.md',
  paths: planPaths,
  home: homesOf,
  parts: partsAt,
  detect,
  read(source) {
    const { plan, problems } = readBacklog(source);
    return readingOf(plan === null ? [] : [plan], problems);
  },
  locks(file) {
    const { task } = readTaskFile(file);
    return { taken: task === null ? null : lockOf(file.path, task.id.text), awaited: [] };
  },
  write: writeStatus,
};

const taskId = /^[a-z][\w-]*-\d+(?:\.\d+)*$/i;

function detect({ path, text }: PlanSource): boolean {
  const kind = placeKind(path);
  if (kind === 'config') return true;
  if (kind === 'folder') return text === '' && isBacklogFolder(path);
  if (isTaskPath(path)) return true;
  if (!/^\uFEFF?---[ \t]*[\r\n]/.test(text)) return false;
  const { task } = readTaskFile({ path, text });
  const said = task?.status ?? task?.updated ?? task?.dependencies[0] ?? null;
  return task !== null && task.title !== null && said !== null && taskId.test(task.id.text);
}
