import { t } from '@vscode/l10n';

/**
 * How long a run worked, `12 s`, `4 min 10 s`, `2 h 5 min`, without what it stood still; `null` while
 * an end is missing.
 */
export function durationText(run: {
  startedAt: string | null;
  endedAt: string | null;
  pausedMs: number;
}): string | null {
  const { startedAt, endedAt, pausedMs } = run;
  if (startedAt === null || endedAt === null) return null;
  const ms = Date.parse(endedAt) - Date.parse(startedAt) - pausedMs;
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return t('{0} s', seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t('{0} min {1} s', minutes, seconds % 60);
  return t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}

/** `15:04:10` of the person's clock, with the day when it is not today. */
export function localTime(time: string, today = new Date()): string {
  const date = new Date(time);
  const clock = date.toTimeString().slice(0, 8);
  if (date.toDateString() === today.toDateString()) return clock;
  return `${date.toLocaleDateString(undefined, { dateStyle: 'medium' })} ${clock}`;
}

/** A sentence of the engine, which tells times in UTC, with times of the person's clock. */
export function withLocalTimes(sentence: string): string {
  return sentence.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => localTime(time));
}

/** Micro-USD as dollars; `null` when nobody said. */
export function costText(micros: number | null): string | null {
  if (micros === null) return null;
  return `$${(micros / 1_000_000).toFixed(micros < 10_000 ? 4 : 2)}`;
}

export function tokenText(tokensIn: number, tokensOut: number): string | null {
  if (tokensIn + tokensOut === 0) return null;
  return t('{0} tokens in, {1} out', short(tokensIn), short(tokensOut));
}

function short(count: number): string {
  if (count < 1000) return String(count);
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}
