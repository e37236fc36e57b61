import type { Subtask } from '../model/plan';

/** What the usual budget of a task type is for. */
const usual = { files: 2, detail: 500, checks: 2 };
const share = 0.1;
const most = 3;

/**
 * By what its budget is multiplied: a tenth more for each file and each check beyond two and for
 * each 500 characters of detail beyond the first, up to three times.
 */
export function sizeOf(
  { files, detail }: Pick<Subtask, 'files' | 'detail'>,
  checks: number,
): { factor: number; rule: string } {
  const more = [
    [Math.max(0, files.length - usual.files), 'more files'],
    [Math.max(0, Math.ceil(detail.length / usual.detail) - 1), 'times 500 characters of detail'],
    [Math.max(0, checks - usual.checks), 'more checks'],
  ] as const;
  const points = more.reduce((sum, [count]) => sum + count, 0);
  if (points === 0) return { factor: 1, rule: '' };
  const factor = Math.min(most, 1 + share * points);
  const why = more.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const bound = factor === most ? ', three times at most' : '';
  return { factor, rule: `, a tenth more for each of ${why.join(', ')}${bound}` };
}
