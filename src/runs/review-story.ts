import type { AgentEvent } from '../agents/agent';

const longest = 400_000;

/** What a reviewer said and did, as text: its answer, and the evidence for people. */
export class ReviewStory {
  toolCalls = 0;
  private said = '';
  private printed = '';
  private story = '';

  /** What the agent said; of a program that says nothing, what it printed. */
  get answer(): string {
    return this.said.trim() === '' ? this.printed : this.said;
  }

  take(event: AgentEvent): void {
    switch (event.type) {
      case 'message':
        if (event.role !== 'assistant') return;
        this.said = (this.said + event.text).slice(-longest);
        this.tell(event.text);
        return;
      case 'output':
        if (event.stream === 'stdout') this.printed = (this.printed + event.text).slice(-longest);
        this.tell(event.text);
        return;
      case 'tool_call':
        // Between two tools an answer begins anew.
        this.toolCalls += 1;
        this.said = `${this.said}\n`.slice(-longest);
        this.tell(`\n[tool] ${event.title}\n`);
        return;
      case 'notice':
        this.tell(`\n[notice] ${event.text}\n`);
        return;
      case 'tool_result':
      case 'plan_update':
      case 'usage':
        return;
    }
  }

  deny(what: string): void {
    this.tell(`\n[denied] ${what}\n`);
  }

  toString(): string {
    return this.story.trim();
  }

  private tell(text: string): void {
    if (this.story.length < longest) this.story += text;
  }
}
