/** `m:ss` or `h:mm:ss`. */
function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (part: number) => String(part).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)}:${two(seconds % 60)}`;
  return `${String(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** Time since a start; empty before it. */
export function elapsed(startedAt: string | null, now: number): string {
  return startedAt === null ? '' : clock(now - Date.parse(startedAt));
}

/** How long a run has worked: what it stood still does not count. */
export function worked(
  run: { startedAt: string | null; pausedSince: string | null; pausedMs: number },
  now: number,
): string {
  const until = run.pausedSince === null ? now : Date.parse(run.pausedSince);
  return elapsed(run.startedAt, until - run.pausedMs);
}

/** Time until something is due, `0:00` when it is. */
export function remaining(until: string, now: number): string {
  // The last second is counted to its end.
  return clock(Date.parse(until) - now + 999);
}
