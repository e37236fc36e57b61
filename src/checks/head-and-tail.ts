const headBytes = 256 * 1024;
const tailBytes = 768 * 1024;

/** Keeps the beginning and the end of an output that may have no end. */
export class HeadAndTail {
  private readonly head: Buffer[] = [];
  private headSize = 0;
  private tail: Buffer[] = [];
  private tailSize = 0;
  private dropped = 0;

  push(bytes: Buffer): void {
    const room = Math.max(0, headBytes - this.headSize);
    const first = bytes.subarray(0, room);
    if (first.length > 0) this.head.push(first);
    this.headSize += first.length;
    if (bytes.length > room) this.pushTail(bytes.subarray(room));
  }

  get isWhole(): boolean {
    return this.dropped === 0 && this.tailSize <= tailBytes;
  }

  /** As UTF-8; where bytes are missing, whole lines are, and a line says how many bytes. */
  text(): string {
    this.trim();
    const head = Buffer.concat(this.head);
    const tail = Buffer.concat(this.tail);
    if (this.isWhole) return Buffer.concat([head, tail]).toString('utf8');
    const headEnd = head.lastIndexOf('\n') + 1 || head.length;
    const tailStart = tail.indexOf('\n') + 1;
    const missing = this.dropped + (head.length - headEnd) + tailStart;
    const [begin, end] = [head.subarray(0, headEnd), tail.subarray(tailStart)];
    return `${begin.toString('utf8')}… ${missing} bytes left out …\n${end.toString('utf8')}`;
  }

  private pushTail(bytes: Buffer): void {
    this.tail.push(bytes);
    this.tailSize += bytes.length;
    // One copy per half a limit of new bytes, however small the pieces are.
    if (this.tailSize > tailBytes * 1.5) this.trim();
  }

  private trim(): void {
    if (this.tailSize <= tailBytes) return;
    const kept = Buffer.from(Buffer.concat(this.tail).subarray(-tailBytes));
    this.dropped += this.tailSize - kept.length;
    this.tail = [kept];
    this.tailSize = kept.length;
  }
}

/** The last lines of a text, at most `lines` and `characters`. */
export function lastLines(text: string, lines = 20, characters = 4_000): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n').slice(-characters);
}
