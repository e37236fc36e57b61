import type { AgentEvent, Usage } from '../agents/agent';
import type { RunUse } from './budget-watch';

/** As much of what the agent said last as is kept. */
const longestText = 8_000;

/** What an agent did and said, as far as the end of its run depends on it. */
export interface RunStory {
  /** What it said since it last used a tool, at most the first 8,000 characters. */
  text: string;
  toolCalls: number;
  turns: number;
  updates: number;
  /** What it did against its policy, a sentence each. */
  violations: readonly string[];
  /** How often its policy refused what it asked for: nothing of that was done. */
  policyDenials: number;
}

/**
 * Counts what an agent does. A turn is one answer of its model: it speaks or uses tools, and what
 * comes after the results of the tools is the next turn. An agent that counts by itself knows it
 * better; of two numbers the higher one holds, so that it never goes down.
 */
export class RunMeter {
  readonly violations: string[] = [];
  policyDenials = 0;
  private usage: Usage | null = null;
  private text = '';
  private turns = 0;
  private updates = 0;
  private hasResults = true;
  private isSpeaking = false;
  private readonly calls = new Set<string>();

  /** What the agent has used so far; `null` when it did not say. */
  get used(): Usage | null {
    return this.usage;
  }

  get use(): RunUse {
    const { tokensIn = 0, tokensOut = 0, costMicros = null } = this.usage ?? {};
    return { turns: Math.max(this.turns, this.usage?.turns ?? 0), tokensIn, tokensOut, costMicros };
  }

  get story(): RunStory {
    const { text, updates, violations, policyDenials } = this;
    const { turns } = this.use;
    return { text, toolCalls: this.calls.size, turns, updates, violations, policyDenials };
  }

  /** Tells whether it changed what has been used. */
  take(event: AgentEvent): boolean {
    this.updates += 1;
    const before = JSON.stringify(this.use);
    switch (event.type) {
      case 'usage':
        this.takeUsage(event.usage);
        break;
      case 'message':
        this.takeMessage(event.role, event.text);
        break;
      case 'tool_call':
        this.calls.add(event.toolCallId);
        this.isSpeaking = false;
        this.beginTurn();
        break;
      case 'tool_result':
        this.calls.add(event.toolCallId);
        this.isSpeaking = false;
        this.hasResults = true;
        break;
      case 'output':
      case 'plan_update':
      case 'notice':
        break;
    }
    return JSON.stringify(this.use) !== before;
  }

  private takeMessage(role: 'assistant' | 'thought' | 'user', text: string): void {
    if (role === 'user') return;
    this.beginTurn();
    if (role === 'thought') {
      this.isSpeaking = false;
      return;
    }
    this.text = `${this.isSpeaking ? this.text : ''}${text}`.slice(0, longestText);
    this.isSpeaking = true;
  }

  private beginTurn(): void {
    if (this.hasResults) this.turns += 1;
    this.hasResults = false;
  }

  /** Totals only grow: a report that is behind an earlier one tells nothing. */
  private takeUsage(usage: Usage): void {
    const before = this.usage;
    this.usage = {
      tokensIn: Math.max(usage.tokensIn, before?.tokensIn ?? 0),
      tokensOut: Math.max(usage.tokensOut, before?.tokensOut ?? 0),
      costMicros: highest(usage.costMicros, before?.costMicros ?? null),
      turns: highest(usage.turns ?? null, before?.turns ?? null),
    };
  }
}

function highest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
