import { subtasksOf } from '../../model/plan';
import { edit, type Fixer } from './fix';

/** Writes a dependency as the one id that differs from it in case, zeros or signs alone. */
export const correctId: Fixer = {
  rules: ['dangling-dependency'],
  changes: ['order', 'words'],
  propose({ problem: { range }, files, path, text }) {
    if (range === null) return [];
    const [, quote = '', written = ''] =
      /^(["']?)(.*)\1$/.exec(text.slice(range.start, range.end)) ?? [];
    const ids = files.reading.plans.flatMap((plan) => subtasksOf(plan).map(({ id }) => id));
    const found = [...new Set(ids)].filter(
      (id) => id !== written && folded(id) === folded(written),
    );
    const [id] = found;
    if (id === undefined || found.length > 1 || written === '') return [];
    const start = range.start + quote.length;
    return [
      {
        title: `Change ${written} to ${id}`,
        edits: [edit(path, start, start + written.length, id)],
      },
    ];
  },
};

function folded(id: string): string {
  return id
    .toLowerCase()
    .replace(/(?<!\d)0+(?=\d)/g, '')
    .replace(/[^a-z\d.]/g, '');
}
