const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** Beyond a month nobody says a time; a number that gives more was not one. */
const longest = 32 * day;

const units: Readonly<Record<string, number>> = { ms: 1, s: second, m: minute, h: hour, d: day };
const onePart =
  /(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)(?![a-z])/giu;
const manyParts = `((?:${onePart.source}[\\s,]*(?:and\\s+)?)+)`;

const inSeconds =
  /["']?\b(?:resets?_in_seconds|retry[-_ ]?after(?:_seconds)?)["']?\s*[:=]?\s*["']?(\d+(?:\.\d+)?)(?!\s*[\d:.a-z])/iu;
const inMilliseconds = /["']?\bretry[-_ ]?after[-_ ]?ms["']?\s*[:=]?\s*["']?(\d+)/iu;
const epoch = /(?:\||["']?\bresets?_at["']?\s*[:=]\s*["']?)(\d{10})(\d{3})?\b/iu;
const afterWait = new RegExp(
  `\\b(?:try again|retry|resets?|available|retry[-_ ]?(?:after|delay))["']?\\s*(?:in|after|:)?\\s*["']?${manyParts}`,
  'iu',
);
const isoTime =
  /\b(?:try again|retry|resets?|available)\s+(?:at|on|after)?\s*(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))/iu;
const clockTime =
  /\b(?:try again|resets?|available)\s+(?:at|on)?\s*(?:([A-Z][a-z]{2})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?(?:\s+\d{4})?,?\s+(?:at\s+)?)?(\d{1,2})(?::(\d\d))?\s*([ap]m)?(?:\s*\(([A-Za-z]+(?:[/_+-][\w+-]+)*)\))?/iu;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * How long a provider's message asks to wait, in milliseconds from `now` (since the epoch): a
 * duration, a time of the day (of the zone that it names, else of this machine), or a time stamp.
 * `null` when it says nothing of the kind, or a time that has passed.
 */
export function retryAfterIn(text: string, now: number): number | null {
  const wait = durationIn(text) ?? timeIn(text, now);
  return wait === null || wait <= 0 || wait > longest ? null : Math.ceil(wait);
}

function durationIn(text: string): number | null {
  const milliseconds = inMilliseconds.exec(text)?.[1];
  if (milliseconds !== undefined) return Number(milliseconds);
  const seconds = inSeconds.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * second;
  const parts = afterWait.exec(text)?.[1];
  if (parts === undefined) return null;
  let sum = 0;
  for (const [, amount, unit] of parts.matchAll(onePart)) sum += Number(amount) * unitOf(unit);
  return sum;
}

function unitOf(unit = ''): number {
  const word = unit.toLowerCase();
  return units[word.startsWith('ms') || word.startsWith('mil') ? 'ms' : word.charAt(0)] ?? 0;
}

function timeIn(text: string, now: number): number | null {
  const stamp = epoch.exec(text)?.[1];
  if (stamp !== undefined) return Number(stamp) * second - now;
  const iso = isoTime.exec(text)?.[1];
  if (iso !== undefined) return Date.parse(iso) - now;
  const [, monthName, dayText, hourText, minuteText, half, zone] = clockTime.exec(text) ?? [];
  // A bare number is no time: `resets 3` may be three of anything.
  if (hourText === undefined || (half === undefined && minuteText === undefined)) return null;
  const month = months.indexOf(monthName?.toLowerCase() ?? '');
  const date = dayText === undefined || month < 0 ? null : { month, day: Number(dayText) };
  const time = { hour: hourOf(Number(hourText), half), minute: Number(minuteText ?? 0) };
  return untilTime(now, date, time, zone);
}

function hourOf(hours: number, half: string | undefined): number {
  if (half === undefined) return hours;
  return (hours % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

/** Until the next such time; a month that lies far back is one of next year. */
function untilTime(
  now: number,
  date: { month: number; day: number } | null,
  time: { hour: number; minute: number },
  zone: string | undefined,
): number | null {
  const here = new Date(now + offsetOf(now, zone));
  const month = date?.month ?? here.getUTCMonth();
  const wall = (year: number): number =>
    Date.UTC(year, month, date?.day ?? here.getUTCDate(), time.hour, time.minute);
  // The offset of the wanted time itself, which differs when the clocks change in between.
  const until = (wallTime: number): number => wallTime - offsetOf(wallTime, zone) - now;
  const first = until(wall(here.getUTCFullYear()));
  if (first > 0) return first;
  if (date === null) return until(wall(here.getUTCFullYear()) + day);
  return first < -longest ? until(wall(here.getUTCFullYear() + 1)) : null;
}

/** What a clock on the wall of the zone is ahead of UTC; a zone that nobody knows is this one's. */
function offsetOf(at: number, zone: string | undefined): number {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      ...(zone === undefined ? {} : { timeZone: zone }),
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    const parts = new Map(format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const wall = Date.UTC(
      ...([part('year'), part('month') - 1, part('day')] as const),
      ...([part('hour'), part('minute'), part('second')] as const),
    );
    return wall - Math.floor(at / second) * second;
  } catch {
    return zone === undefined ? 0 : offsetOf(at, undefined);
  }
}
