import { timestampLike } from './timestamps';

const yearLast = /^(\d{2})([-/.])(\d{2})\2\d{4}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?$/;

/**
 * The time `at` (ISO 8601 in UTC) in the form of a written date or time, also in those that end
 * with the year; `null` when its form is not known. `dayFirst` decides about `03/04/2026`.
 */
export function datedLike(written: string, at: string, dayFirst = false): string | null {
  const [, first, , second] = yearLast.exec(written) ?? [];
  if (first === undefined) return timestampLike(written, at);
  const [year = '', month = '', day = '', ...time] = at.split(/\D+/);
  const isDay = Number(first) > 12 || (dayFirst && Number(second) <= 12);
  const parts = [...(isDay ? [day, month] : [month, day]), year, ...time];
  return written.replace(/\d+/g, () => parts.shift() ?? '');
}
