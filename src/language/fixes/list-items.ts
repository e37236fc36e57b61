import type { Node } from 'jsonc-parser';
import { parseJson } from '../../formats/json';
import { memberRemoved } from '../../formats/json-edits';
import type { SourceRange } from '../../model/plan';
import type { TextEdit } from '../../formats/format';

// An item goes from the list that it stands in, with the comma or the line that is its own.

/** `null` where what stands at the range is no item of a list. */
export function itemRemoved(path: string, text: string, range: SourceRange): TextEdit | null {
  const written = text.slice(range.start, range.end);
  if (/[\r\n]/.test(written) || written.trim() === '') return null;
  if (/\.jsonl?$/i.test(path)) return elementRemoved(path, text, range);
  const item = withQuotes(text, range);
  const line = lineAround(text, item);
  const before = text.slice(line.start, item.start);
  const after = text.slice(item.end, line.end);
  if (/^[ \t]*-[ \t]+$/.test(before) && /^[ \t]*(?:#.*)?$/.test(after)) return lineGone(text, line);
  if (field.test(before) && /^[ \t]*[_*.]*[ \t]*$/.test(after)) return lineGone(text, line);
  const isList = field.test(before.replace(/:.*$/, ': ')) || /\[[^[\]]*$/.test(before);
  return betweenCommas(text, item, isList);
}

/** What stands before the values of a line that is a list: `- depends: `, `_Depends: `. */
const field = /^[ \t]*(?:[-*+][ \t]+)?[_*]*[\w ]{1,40}[_*]*:[_*]*[ \t]*$/;

/** The element of an array of a JSON text, or of the row of JSON lines, at a range. */
function elementRemoved(path: string, text: string, range: SourceRange): TextEdit | null {
  const isRow = path.toLowerCase().endsWith('.jsonl');
  const part = isRow ? lineAround(text, range) : { start: 0, end: text.length };
  const { root } = parseJson(text.slice(part.start, part.end));
  const element = root === null ? null : elementAt(root, range.start - part.start);
  if (element === null) return null;
  const { start, end } = elementEdit(element);
  return { range: { start: start + part.start, end: end + part.start }, text: '' };
}

function elementEdit(element: Node): SourceRange {
  const { parent } = element;
  // Of a list that gets empty, the line breaks inside go too.
  if (parent?.children?.length === 1)
    return { start: parent.offset + 1, end: parent.offset + parent.length - 1 };
  return memberRemoved(element).range;
}

/** The innermost element of an array around an offset. */
function elementAt(node: Node, offset: number): Node | null {
  const inside = (node.children ?? []).find(
    (one) => one.offset <= offset && offset < one.offset + one.length,
  );
  if (inside === undefined) return null;
  return elementAt(inside, offset) ?? (node.type === 'array' ? inside : null);
}

function betweenCommas(text: string, item: SourceRange, isList: boolean): TextEdit | null {
  const right = /^[ \t]*,[ \t]*(\S*)/.exec(text.slice(item.end, item.end + 200));
  const left = /(\S*?)[ \t]*,[ \t]*$/.exec(text.slice(Math.max(0, item.start - 200), item.start));
  // In a sentence a comma may part something else than ids.
  const isNeighbour = (word: string | undefined) => isList || /\d/.test(word ?? '');
  if (right !== null && isNeighbour(right[1])) {
    const gap = right[0].length - (right[1]?.length ?? 0);
    return { range: { start: item.start, end: item.end + gap }, text: '' };
  }
  if (left !== null && isNeighbour(left[1])) {
    const gap = left[0].length - (left[1]?.length ?? 0);
    return { range: { start: item.start - gap, end: item.end }, text: '' };
  }
  const isOnly = text[item.start - 1] === '[' && text[item.end] === ']';
  return isOnly ? { range: item, text: '' } : null;
}

function withQuotes(text: string, { start, end }: SourceRange): SourceRange {
  const quote = text[start - 1] ?? '';
  const isQuoted = (quote === '"' || quote === "'" || quote === '`') && text[end] === quote;
  return isQuoted ? { start: start - 1, end: end + 1 } : { start, end };
}

export function lineAround(text: string, { start, end }: SourceRange): SourceRange {
  const first = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) + 1;
  const rest = text.slice(end).search(/[\r\n]/);
  return { start: first, end: rest < 0 ? text.length : end + rest };
}

/** A whole line with its end; at the end of the text, the one before it. */
export function lineGone(text: string, { start, end }: SourceRange): TextEdit {
  const [lineEnd = ''] = /^(?:\r\n|\n|\r)/.exec(text.slice(end, end + 2)) ?? [];
  if (lineEnd !== '') return { range: { start, end: end + lineEnd.length }, text: '' };
  const [before = ''] = /(?:\r\n|\n|\r)$/.exec(text.slice(Math.max(0, start - 2), start)) ?? [];
  return { range: { start: start - before.length, end }, text: '' };
}
