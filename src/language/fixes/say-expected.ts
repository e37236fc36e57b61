import { edit, shortest, type Fix, type Trouble } from './fix';

/** Writes what the reader knows to be right. */
export function sayExpected({ problem, path, text }: Trouble): Fix[] {
  const { range, expected } = problem;
  if (range === null || expected === undefined) return [];
  const { start, end } = range;
  const written = text.slice(start, end);
  const isMark = text[start - 1] === '[' && text[end] === ']';
  const title = isMark ? `Change [${written}] to [${expected}]` : wordsFor(written, expected);
  return [{ title, edits: [edit(path, start, end, expected)] }];
}

const longestShown = 60;

function wordsFor(written: string, expected: string): string {
  const [old, right] = [unquoted(written), unquoted(expected)];
  if (old.length <= longestShown && right.length <= longestShown)
    return `Change “${old}” to “${right}”`;
  const { range, text } = shortest({ range: { start: 0, end: old.length }, text: right }, old);
  const gone = old.slice(range.start, range.end).trim();
  return text === '' ? `Remove “${gone}”` : `Change “${gone}” to “${text.trim()}”`;
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/s, '$2');
}
