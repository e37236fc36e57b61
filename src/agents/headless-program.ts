import type { Clock } from '../platform/clock';
import type { ExitStatus } from '../platform/spawn';
import type { ProviderTrouble } from '../model/provider-trouble';
import type { AgentOutcome } from './agent';
import { OutputBatch } from './output-batch';
import { mostWaiting, readChunks } from './read-chunks';
import type { StartedProgram } from './supervised-run';
import { TextLines, TextTail } from './text-lines';
import { failedBy } from './vital-signs';
import { within } from './waiting';

/** A line can hold a whole file. */
const longestLine = 32 * 1024 * 1024;
const lastWordsMs = 500;

/** A program that prints its events as JSON, one a line, and what goes wrong on standard error. */
export class HeadlessProgram {
  private readonly lines = new TextLines(longestLine);
  private readonly output: OutputBatch;
  private readonly errors: OutputBatch;
  private readonly words = new TextTail();
  private readonly reading: Promise<true>;

  constructor(
    private readonly started: StartedProgram,
    private readonly clock: Clock,
    private readonly take: (event: unknown) => void,
    /** What it says beside its events. */
    private readonly hear: (text: string) => void,
  ) {
    const { child, events } = started;
    this.output = new OutputBatch('stdout', events, clock);
    this.errors = new OutputBatch('stderr', events, clock);
    const stdout = readChunks(child.stdout, async (chunk) => {
      this.takeLines(this.lines.push(chunk));
      await events.room(mostWaiting);
    });
    const stderr = readChunks(child.stderr, async (chunk) => {
      const lines = this.errors.add(chunk);
      this.words.add(lines);
      this.hear(lines.join('\n'));
      await events.room(mostWaiting);
    });
    this.reading = Promise.all([stdout, stderr]).then(() => true);
  }

  /** What it printed last on standard error. */
  get lastWords(): string {
    return this.words.text();
  }

  send(message: unknown): void {
    this.started.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Resolves when it has ended and everything that it printed was taken. */
  async ended(): Promise<ExitStatus> {
    const exit = await this.started.child.ended;
    // Something that escaped may hold the pipes open; a host that is behind makes reading slow.
    do if ((await within(this.clock, lastWordsMs, this.reading)) !== null) break;
    while (this.started.events.waiting > 0);
    return exit;
  }

  /** The program has been ended: hands over what is still buffered. */
  async finish(): Promise<void> {
    await this.reading;
    this.errors.end();
    this.takeLines(this.lines.end());
    this.output.end();
  }

  private takeLines(lines: readonly string[]): void {
    for (const line of lines) {
      const event = line.trimStart().startsWith('{') ? parsed(line) : undefined;
      if (event !== undefined) this.take(event);
      else if (line.trim() !== '') this.output.addLines([line]);
    }
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What a headless program's way to end means when it had not told how its work went. */
export function unexpectedEnd(
  name: string,
  exit: ExitStatus,
  lastWords: string,
  trouble: ProviderTrouble | null,
): AgentOutcome {
  const how = exit.signal ?? `exit code ${exit.code ?? 'unknown'}`;
  const message = `${name} ended without a result, with ${how}.${lastWords}`;
  if (trouble !== null) return failedBy(trouble, message, exit.code);
  return { kind: 'failed', code: 'exit_code', message, exitCode: exit.code };
}
