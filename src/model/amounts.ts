// Amounts as people write them in plans, in the terminal and in the window.

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `90s`, `1h 30m`; milliseconds. A number without a unit could mean anything: `null`. */
export function readDuration(text: string): number | null {
  if (!/^\d+(?:\.\d+)?(?:ms|[smh])(?:\s*\d+(?:\.\d+)?(?:ms|[smh]))*$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smh])/g)];
  const ms = parts.reduce((sum, [, number, unit]) => {
    return sum + Number(number) * (unitMs[unit ?? ''] ?? 0);
  }, 0);
  return Math.round(ms);
}

/** `1.50`, `$2`; micro-USD. */
export function readDollars(text: string): number | null {
  const amount = /^\$?\s*(\d{1,9}(?:\.\d{1,6})?)$/.exec(text)?.[1];
  return amount === undefined ? null : Math.round(Number(amount) * 1_000_000);
}

/** `200000`. */
export function readCount(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
