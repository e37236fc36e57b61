const timestamp =
  /^\d{4}-\d{2}-\d{2}(?:([Tt ])\d{2}:\d{2}(?:(:\d{2})(?:\.(\d{1,9}))?)?([Zz]|[+-]\d{2}:\d{2})?)?$/;

/**
 * The time `at` (ISO 8601 in UTC) in the form of a written time stamp: as exact, and in its zone.
 * `null` when its form is not known.
 */
export function timestampLike(written: string, at: string): string | null {
  const form = timestamp.exec(written);
  const time = Date.parse(at);
  if (form === null || Number.isNaN(time)) return null;
  const [, separator, seconds, fraction, zone = ''] = form;
  const local = new Date(time + minutesOf(zone) * 60_000).toISOString();
  if (separator === undefined) return local.slice(0, 10);
  const clock = local.slice(11, seconds === undefined ? 16 : 19);
  const exact = fraction === undefined ? '' : `.${digits(local, fraction.length)}`;
  return `${local.slice(0, 10)}${separator}${clock}${exact}${zone}`;
}

function digits(local: string, count: number): string {
  return local.slice(20, 23).padEnd(count, '0').slice(0, count);
}

/** East of Greenwich. */
function minutesOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}
