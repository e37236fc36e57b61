import { stripVTControlCharacters } from 'node:util';

/**
 * Cuts a stream of bytes into whole lines of text. Characters that a chunk ends in the middle of
 * are kept together; a line longer than `longest` is handed out in pieces.
 */
export class TextLines {
  private readonly decoder = new TextDecoder('utf-8');
  private rest = '';

  constructor(private readonly longest: number) {}

  /** The lines that this chunk completes, without their line ends. */
  push(chunk: Uint8Array): string[] {
    // Only what is new is looked through: a line can come in hundreds of chunks.
    const [first = '', ...others] = this.decoder.decode(chunk, { stream: true }).split('\n');
    const last = others.pop();
    const lines = last === undefined ? [] : [this.rest + first, ...others];
    this.rest = last ?? this.rest + first;
    while (this.rest.length > this.longest) {
      lines.push(this.rest.slice(0, this.longest));
      this.rest = this.rest.slice(this.longest);
    }
    return lines.map(withoutReturn);
  }

  /** What came after the last line end. */
  end(): string[] {
    const last = withoutReturn(this.rest + this.decoder.decode());
    this.rest = '';
    return last === '' ? [] : [last];
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** A line as a terminal would leave it: without colours, and of what was overwritten the last. */
export function plainLine(line: string): string {
  const text = stripVTControlCharacters(line);
  return text.slice(text.lastIndexOf('\r') + 1);
}

const tailLines = 10;
const tailLength = 2_000;

/** The last lines of a stream, for error messages. */
export class TextTail {
  private lines: string[] = [];

  add(lines: readonly string[]): void {
    const filled = lines.filter((line) => line.trim() !== '');
    this.lines = [...this.lines, ...filled].slice(-tailLines);
  }

  /** Ready to be put behind a sentence; empty when there was nothing. */
  text(): string {
    const text = this.lines.join('\n').slice(-tailLength);
    return text === '' ? '' : ` Its last output:\n${text}`;
  }
}
