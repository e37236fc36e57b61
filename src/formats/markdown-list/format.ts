import { editsOf, type PlanFormat } from '../format';
import { readingOf } from '../reading';
import { markFor, statusOfMark } from './marks';
import { readChecklist } from './read';

/**
 * Any Markdown file with a checklist. It is never found by itself: people ask for it by name, or
 * name their files as `checklists` in `runsheet.yml`.
 */
export const markdownListFormat: PlanFormat = {
  name: 'markdown',
  title: 'Markdown checklist',
  paths: [],
  home: (path) => [path],
  parts: () => [],
  detect: () => false,
  read(source) {
    const { plan, problems } = readChecklist(source);
    return readingOf([plan], problems);
  },
  write(source, { key, status }) {
    const { boxes } = readChecklist(source);
    const own = boxes.find((one) => one.key === key);
    if (own === undefined) return null;
    const asked = status === 'done' ? 'claimed' : status === 'cancelled' ? 'skipped' : status;
    if (statusOfMark(own.box.mark) === asked) return [];
    const mark = markFor(
      asked,
      boxes.map(({ box }) => box.mark),
    );
    return mark === null ? [] : editsOf(source, [{ range: own.box.markRange, text: mark }]);
  },
};
