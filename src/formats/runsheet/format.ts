import { editsOf, type PlanFormat, type PlanSource } from '../format';
import { markdownLines } from '../markdown';
import { readingOf } from '../reading';
import { markOfStatus, statusOfMark } from './marks';
import { readRunsheet } from './read';
import { frontMatterShape, readFrontMatter } from './settings';

/** Our own plan format (docs/plan-format.md). */
export const runsheetFormat: PlanFormat = {
  name: 'runsheet',
  title: 'Runsheet',
  paths: ['**/*.plan.md', 'PLAN.md', 'plan.md'],
  home: (path) => [path],
  parts: () => [],
  detect,
  read(source) {
    const { plan, problems } = readRunsheet(source);
    return readingOf([plan], problems);
  },
  write(source, { key, status }) {
    const found = readRunsheet(source).subtasks.find(({ subtask }) => subtask.key === key);
    if (found === undefined) return null;
    const wanted = markOfStatus(status);
    const written = statusOfMark(found.subtask.fileStatus ?? '');
    if (written !== null && markOfStatus(written) === wanted) return [];
    return editsOf(source, [{ range: found.markRange, text: wanted }]);
  },
};

function detect({ path, text }: PlanSource): boolean {
  if (!/\.md$/i.test(path)) return false;
  if (/\.plan\.md$/i.test(path)) return true;
  if (!/^\uFEFF?---[ \t]*\r?\n/.test(text)) return false;
  const { keys } = readFrontMatter(text, markdownLines(text));
  if (keys.includes('runsheet')) return true;
  const known = Object.keys(frontMatterShape);
  return /^plan\.md$/i.test(path) && keys.length > 0 && keys.every((key) => known.includes(key));
}
