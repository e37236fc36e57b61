import type { SourceRange } from '../model/plan';
import type { MarkdownLine } from './markdown';

export interface Cell {
  /** As written, without the blanks around it; escaped bars stay escaped. */
  text: string;
  range: SourceRange;
}

export interface TableRow {
  line: MarkdownLine;
  /** By the names of the columns in small letters without bold; a row may have fewer. */
  cells: ReadonlyMap<string, Cell>;
}

/** The rows of the first table that has all the columns, whatever their order. */
export function tableRows(lines: readonly MarkdownLine[], columns: readonly string[]): TableRow[] {
  for (const [at, line] of lines.entries()) {
    if (line.kind !== 'text' || !line.text.includes('|')) continue;
    const names = cellsOf(line).map(({ text }) =>
      text.replace(/^[*_\x60]+|[*_\x60]+$/g, '').toLowerCase(),
    );
    if (!columns.every((column) => names.includes(column))) continue;
    return rowsBelow(lines.slice(at + 1), names);
  }
  return [];
}

function rowsBelow(lines: readonly MarkdownLine[], names: readonly string[]): TableRow[] {
  const end = lines.findIndex((line) => line.kind !== 'text' || !line.text.includes('|'));
  const own = lines.slice(0, end < 0 ? lines.length : end);
  return own.flatMap((line): TableRow[] => {
    if (/^[\s|:-]+$/.test(line.text)) return [];
    const cells = new Map<string, Cell>();
    cellsOf(line).forEach((cell, index) => {
      const name = names[index];
      if (name !== undefined && !cells.has(name)) cells.set(name, cell);
    });
    return [{ line, cells }];
  });
}

/** The cells between bars; the bars at the ends may be left out. */
function cellsOf({ text, start }: MarkdownLine): Cell[] {
  const bars = [-1];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '|') bars.push(at);
  }
  bars.push(text.length);
  const cells = bars.slice(0, -1).map((bar, index): Cell => {
    const written = text.slice(bar + 1, bars[index + 1]);
    const from = bar + 1 + (written.length - written.trimStart().length);
    const trimmed = written.trim();
    return { text: trimmed, range: { start: start + from, end: start + from + trimmed.length } };
  });
  const first = /^\s*\|/.test(text) ? 1 : 0;
  return cells.slice(first, /\|\s*$/.test(text) ? -1 : undefined);
}
