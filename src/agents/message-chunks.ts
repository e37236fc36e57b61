import type { Clock } from '../platform/clock';
import type { AgentEvent } from './agent';

type Message = Extract<AgentEvent, { type: 'message' }>;

const flushMs = 100;
const flushSize = 4_096;

/** Joins the fragments in which an agent's words arrive into a few events a second. */
export class MessageChunks {
  private role: Message['role'] = 'assistant';
  private messageId: string | null = null;
  private text = '';
  private timer: Disposable | null = null;

  constructor(
    private readonly push: (event: Message) => void,
    private readonly clock: Clock,
  ) {}

  add(role: Message['role'], text: string, messageId: string | null): void {
    if (role !== this.role) this.flush();
    else if (messageId !== this.messageId && this.messageId !== null) this.text += '\n\n';
    this.role = role;
    this.messageId = messageId;
    this.text += text;
    if (this.text.length >= flushSize) this.emit(this.wholeWords());
    this.arm();
  }

  /** Hands over everything: another kind of event follows, or nothing more. */
  flush(): void {
    this.timer?.[Symbol.dispose]();
    this.timer = null;
    this.emit(this.text.length);
    this.messageId = null;
  }

  /**
   * Whole words only while more keeps coming, so that whoever looks for secrets in an event sees
   * them in one piece.
   */
  private arm(): void {
    if (this.timer !== null || this.text === '') return;
    const { text } = this;
    this.timer = this.clock.after(flushMs, () => {
      this.timer = null;
      this.emit(this.text === text ? text.length : this.wholeWords());
      this.arm();
    });
  }

  private wholeWords(): number {
    const end = this.text.search(/\S*$/);
    return end === 0 && this.text.length >= flushSize ? this.text.length : end;
  }

  private emit(length: number): void {
    const text = this.text.slice(0, length);
    this.text = this.text.slice(length);
    if (text !== '') this.push({ type: 'message', role: this.role, text });
  }
}
