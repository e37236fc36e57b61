import { editsOf, type PlanFormat, type PlanSource } from '../format';
import { membersOf, parseJson, textOf } from '../json';
import { readingOf } from '../reading';
import { hasOurTasks, tagsOf } from './tags';
import type { ReadTag } from './items';
import { readTags } from './read';
import { writeStatus } from './write';

/** Task Master: `tasks.json` with a list of tasks for each tag, or with one list. */
export const taskMasterFormat: PlanFormat = {
  name: 'task-master',
  title: 'Task Master',
  paths: ['**/tasks/tasks.json'],
  home,
  parts: (path) => [`${rootOf(path)}.taskmaster/state.json`],
  detect,
  read(source) {
    const { tags, problems } = readTags(source);
    return readingOf(
      currentFirst(tags, source).map(({ plan }) => plan),
      problems,
    );
  },
  locks: ({ path }) => ({ taken: `${path}.lock`, awaited: [] }),
  write(source, change) {
    const edits = writeStatus(source, change);
    return edits === null ? null : editsOf(source, edits);
  },
};

const marked = /(?:^|\/)\.taskmaster\/tasks\/tasks\.json$/;
const older = /(?:^|\/)tasks\/tasks\.json$/;

/** The folder that the plan is for, with a `/` at its end, or empty. */
function rootOf(path: string): string {
  const folder = path.replace(/[^/]*$/, '');
  return folder.replace(/(?<=^|\/)(?:\.taskmaster\/)?tasks\/$/, '');
}

/** The older place counts where the tool has no folder of its own yet. */
function home(path: string): string[] {
  return marked.test(path) ? [path] : [`${rootOf(path)}.taskmaster/tasks/tasks.json`, path];
}

function detect({ path, text }: PlanSource): boolean {
  if (marked.test(path)) return true;
  if (!/\.json$/i.test(path) || !/"tasks"\s*:\s*\[/.test(text)) return false;
  const { root } = parseJson(text);
  // Cut off as it was written, it is still known by its words.
  if (root === null) return older.test(path) && /"(?:testStrategy|subtasks)"\s*:/.test(text);
  const tags = tagsOf(root);
  if (tags.some(hasOurTasks)) return true;
  const empty = tags.every(({ tasks }) => tasks.children?.length === 0);
  return older.test(path) && tags.length > 0 && empty;
}

function currentFirst(tags: readonly ReadTag[], { path, others }: PlanSource): ReadTag[] {
  const state = others?.get(`${rootOf(path)}.taskmaster/state.json`);
  const { root } = parseJson(state?.text ?? '');
  const current = textOf(membersOf(root ?? undefined).get('currentTag'));
  const rank = ({ plan }: ReadTag) => (plan.name === current ? 0 : 1);
  return tags.toSorted((a, b) => rank(a) - rank(b));
}
