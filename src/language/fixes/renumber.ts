import { subtasksOf, type Plan, type SourceRange } from '../../model/plan';
import { edit, type Fix, type Fixer, type Trouble } from './fix';
import { subtaskAt } from './subtask-at';

/** Gives the second of two equal ids the next free number of its series. */
export const renumber: Fixer = {
  rules: ['duplicate-id'],
  changes: ['ids', 'words'],
  propose(trouble) {
    const found = subtaskAt(trouble);
    const { problem, files, text } = trouble;
    const range = found?.subtask.idRange ?? problem.range;
    const plan = found?.plan ?? files.reading.plans[0];
    if (range === null || plan === undefined) return [];
    const written = text.slice(range.start, range.end);
    const id = found?.subtask.id ?? written;
    const [, series, digits] = /^(.*?)(\d{1,9})$/.exec(id) ?? [];
    if (series === undefined || digits === undefined) return [];
    return numbered(trouble, plan, range, { series, width: digits.length, from: null });
  },
};

/** Gives a task the next free number of the group that it stands in. */
export const renumberInGroup: Fixer = {
  rules: ['group-number-mismatch'],
  changes: ['ids', 'words'],
  propose(trouble) {
    const found = subtaskAt(trouble);
    const range = found?.subtask.idRange ?? null;
    const phase = found?.plan.phases.find(({ subtasks }) => subtasks.includes(found.subtask));
    const group = phase?.id ?? null;
    if (found === null || range === null || group === null || !/^\d[\d.]*$/.test(group)) return [];
    return numbered(trouble, found.plan, range, { series: `${group}.`, width: 1, from: group });
  },
};

interface Series {
  series: string;
  width: number;
  /** The group whose number the id begins with; `null`: what stands before the number stays. */
  from: string | null;
}

function numbered(
  { path, text, taken }: Trouble,
  plan: Plan,
  range: SourceRange,
  { series, width, from }: Series,
): Fix[] {
  const ids = [...subtasksOf(plan), ...plan.phases].map(({ id }) => id ?? '');
  const used = [...ids, ...taken]
    .filter((id) => id.startsWith(series) && /^\d{1,9}$/.test(id.slice(series.length)))
    .map((id) => Number(id.slice(series.length)));
  const number = String(Math.max(0, ...used) + 1).padStart(width, '0');
  const written = text.slice(range.start, range.end);
  const [, lead = '', end = ''] = /^(.*?)[\d.]*\d(\D*)$/.exec(written) ?? [];
  const [, kept = '', tail = ''] = /^(.*?)\d{1,9}(\D*)$/.exec(written) ?? [];
  const id = `${series}${number}`;
  const put = from === null ? `${kept}${number}${tail}` : `${lead}${id}${end}`;
  if (!/\d/.test(written)) return [];
  taken.add(id);
  return [
    { title: `Give it the free number ${id}`, edits: [edit(path, range.start, range.end, put)] },
  ];
}
