import type { Clock } from '../platform/clock';
import type { EventQueue } from './event-queue';
import { plainLine, TextLines } from './text-lines';

const batchMs = 50;
const batchSize = 4_096;
const longestLine = 16_384;

/** Turns what a program prints into events: whole lines, a few at a time. */
export class OutputBatch {
  private readonly lines = new TextLines(longestLine);
  private text = '';
  private timer: Disposable | null = null;

  constructor(
    private readonly stream: 'stdout' | 'stderr',
    private readonly events: EventQueue,
    private readonly clock: Clock,
  ) {}

  /** Gives the lines back that the chunk completed. */
  add(chunk: Uint8Array): string[] {
    return this.addLines(this.lines.push(chunk));
  }

  addLines(lines: readonly string[]): string[] {
    const plain = lines.map(plainLine);
    for (const line of plain) {
      this.text += `${line}\n`;
      if (this.text.length >= batchSize) this.flush();
    }
    if (this.text !== '') this.timer ??= this.clock.after(batchMs, () => this.flush());
    return plain;
  }

  /** At the end of the stream: the line that was not completed, too. */
  end(): string[] {
    const last = this.addLines(this.lines.end());
    this.flush();
    return last;
  }

  private flush(): void {
    this.timer?.[Symbol.dispose]();
    this.timer = null;
    if (this.text === '') return;
    this.events.push({ type: 'output', stream: this.stream, text: this.text });
    this.text = '';
  }
}
