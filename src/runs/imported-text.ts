import { withoutKeptBytes } from '../formats/decode';
import { maskSecrets } from '../model/secrets';

// Texts of other people's files as the database takes them: without credentials, and no longer than
// their columns.

/** What has a name must have one. */
export const untitled = 'Untitled';

/** A title or name on one line, cut to `longest` characters; `null` when nothing is left of it. */
export function shortText(text: string, longest: number): string | null {
  const line = oneLine(shownText(text));
  if (line.length <= longest) return line === '' ? null : line;
  return `${line.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

export function shownText(text: string): string {
  return withoutKeptBytes(maskSecrets(text));
}

/** The value with every text in it masked. */
export function shownValue(value: unknown): unknown {
  if (typeof value === 'string') return shownText(value);
  if (Array.isArray(value)) return value.map(shownValue);
  if (typeof value !== 'object' || value === null) return value;
  return shownRecord(value);
}

export function shownRecord(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shownValue(one)]));
}

/** A report's time as the database has times; a day alone is its first moment. */
export function storedTime(at: string): string {
  return at.includes('T') ? at.replace(/Z$/, '.000Z') : `${at}T00:00:00.000Z`;
}
