import { troubleIn, type ProviderTrouble } from '../model/provider-trouble';
import type { Clock } from '../platform/clock';
import type { AgentOutcome } from './agent';
import type { Expiry, Watchdog } from './watchdog';

/**
 * What an agent's silence means. Before it has begun to work, nothing but work is a sign of life:
 * agents whose provider is out of reach say nothing at all, or that they try again, for ever.
 */
export class VitalSigns {
  private hasWorked = false;
  private trouble: ProviderTrouble | null = null;
  private isOver = false;

  constructor(
    private readonly agent: string,
    private readonly watchdog: Watchdog,
    private readonly silenceMs: number,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    // What the agent does when it is asked to stop says nothing about its silence.
    void watchdog.expired.then(() => (this.isOver = true));
  }

  /** The prompt goes out now. */
  begin(): void {
    this.hasWorked = false;
    this.watchdog.start();
  }

  /** The agent speaks, plans, or uses a tool. */
  work(): void {
    if (this.isOver) return;
    this.hasWorked = true;
    this.trouble = null;
    this.watchdog.touch();
  }

  /** It tells something that is no work. */
  other(): void {
    if (this.hasWorked) this.watchdog.touch();
  }

  /** What its program prints beside its work, where it speaks of its provider. */
  hear(text: string): void {
    this.trouble = troubleIn(text, this.clock.now()) ?? this.trouble;
  }

  /** The trouble that it told of since it last worked. */
  get heard(): ProviderTrouble | null {
    return this.trouble;
  }

  /** The outcome of a run whose limit was reached; `null`: simply a time-out. */
  expired(which: Expiry): AgentOutcome | null {
    if (which !== 'silence' || (this.hasWorked && this.trouble === null)) return null;
    const seconds = Math.round(this.silenceMs / 1000);
    const silence = `${this.agent} said nothing for ${seconds} s`;
    if (this.trouble !== null) return failedBy(this.trouble, `${silence}: ${words(this.trouble)}`);
    const message = `${silence}. Its provider may be out of reach.`;
    return { kind: 'failed', code: 'network', message, exitCode: null };
  }
}

/** The outcome of a run whose agent could not work. */
export function failedBy(
  { kind: code, retryAfterMs }: ProviderTrouble,
  message: string,
  exitCode: number | null = null,
): AgentOutcome {
  const wait = retryAfterMs === null ? {} : { retryAfterMs };
  return { kind: 'failed', code, message, exitCode, ...wait };
}

const sentences: Readonly<Record<ProviderTrouble['kind'], string>> = {
  authentication: 'its provider does not let it in.',
  rate_limit: 'its provider limits how much it may do.',
  overloaded: 'its provider is overloaded.',
  network: 'its provider cannot be reached.',
};

function words({ kind }: ProviderTrouble): string {
  return sentences[kind];
}
