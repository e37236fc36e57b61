import { linesOf, type Line } from '../formats/text';
import type { SourceRange } from '../model/plan';

/** Zero-based line and UTF-16 column, as the Language Server Protocol counts. */
export interface Position {
  line: number;
  character: number;
}

export interface Range {
  start: Position;
  end: Position;
}

export function contains(range: SourceRange, offset: number): boolean {
  return range.start <= offset && offset <= range.end;
}

/**
 * Leads between offsets of a file's text and positions in an editor. An editor does not show a byte
 * order mark, and counts its columns behind it.
 */
export class Positions {
  private readonly lines: readonly Line[];

  constructor(text: string) {
    this.lines = linesOf(text);
  }

  positionAt(offset: number): Position {
    let low = 0;
    let high = this.lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.lines[middle]?.start ?? Infinity) <= offset) low = middle;
      else high = middle;
    }
    const { start, end } = this.at(low);
    return { line: low, character: Math.max(0, Math.min(offset, end) - start) };
  }

  offsetAt({ line, character }: Position): number {
    const { start, end } = this.at(line);
    return Math.min(start + character, end);
  }

  rangeOf({ start, end }: SourceRange): Range {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  /** A whole line by its 1-based number, without the blanks before its text. */
  rangeOfLine(number: number): Range {
    const line = this.at(number - 1);
    const indent = line.text.length - line.text.trimStart().length;
    return this.rangeOf({ start: line.start + indent, end: line.end });
  }

  private at(index: number): Line {
    const known = this.lines[Math.max(0, Math.min(index, this.lines.length - 1))];
    return known ?? { number: 1, start: 0, end: 0, text: '' };
  }
}
