import { MessageTooLargeError, RequestError } from '@agentclientprotocol/sdk';
import type {
  Agent,
  AgentDefinition,
  AgentFailure,
  AgentHost,
  AgentOutcome,
  AgentTask,
} from './agent';
import { authRequired, ProtocolError } from './acp-answers';
import { AcpConversation, StartTimeout, type AcpSession } from './acp-conversation';
import { acpStream } from './acp-stream';
import { childEnvironment } from './environment';
import { OutputBatch } from './output-batch';
import { mostWaiting, readChunks } from './read-chunks';
import { troubleIn, type ProviderTrouble } from '../model/provider-trouble';
import {
  messageOf,
  superviseRun,
  type AgentEffects,
  type Conduct,
  type StartedProgram,
} from './supervised-run';
import { TextTail } from './text-lines';
import { failedBy, VitalSigns } from './vital-signs';
import { within } from './waiting';
import type { Expiry } from './watchdog';

/** Agents leave by themselves when their input ends; most do within three seconds, some need six. */
const graceMs = 6_000;
const deathMs = 2_000;
const lastWordsMs = 500;

/** Any agent that speaks the Agent Client Protocol, version 1, over its standard input and output. */
export class AcpAgent implements Agent {
  constructor(
    private readonly definition: AgentDefinition,
    private readonly effects: AgentEffects,
  ) {}

  run(task: AgentTask, host: AgentHost, signal: AbortSignal): Promise<AgentOutcome> {
    const { program, args, env: values, inherit, install } = this.definition;
    const env = childEnvironment(this.effects.environment, task.runId, inherit, values);
    const command = { program, args, cwd: task.worktree, env };
    return superviseRun({ command, install }, task, host, signal, this.effects, (started) => {
      return new AcpConduct(started, task, host, this.definition, this.effects);
    });
  }
}

class AcpConduct implements Conduct {
  readonly graceMs = graceMs;
  private readonly conversation: AcpConversation;
  private readonly output: OutputBatch;
  private readonly errors: OutputBatch;
  private readonly lastWords = new TextTail();
  private readonly vitals: VitalSigns;
  private readonly readingErrors: Promise<void>;

  constructor(
    private readonly started: StartedProgram,
    task: AgentTask,
    private readonly host: AgentHost,
    private readonly definition: AgentDefinition,
    private readonly effects: AgentEffects,
  ) {
    const { child, events, watchdog } = started;
    const { displayName } = definition;
    this.vitals = new VitalSigns(displayName, watchdog, task.limits.silenceMs, effects.clock);
    this.output = new OutputBatch('stdout', events, effects.clock);
    this.errors = new OutputBatch('stderr', events, effects.clock);
    this.readingErrors = readChunks(child.stderr, async (chunk) => {
      const lines = this.errors.add(chunk);
      this.lastWords.add(lines);
      this.vitals.hear(lines.join('\n'));
      await events.room(mostWaiting);
    });
    const stream = acpStream(child.stdin, child.stdout, events, (lines) => {
      this.output.addLines(lines);
    });
    const { clock } = effects;
    this.conversation = new AcpConversation(task, host, started, this.vitals, clock, stream);
  }

  async work(): Promise<AgentOutcome> {
    const session = await this.unlessFailed(() => this.conversation.open());
    if ('kind' in session) return session;
    const { id, version, model } = session;
    await this.host.onReady({ version, model, session: id });
    this.vitals.begin();
    return this.unlessFailed(() => this.conversation.prompt(session));
  }

  expired(which: Expiry): AgentOutcome | null {
    return this.vitals.expired(which);
  }

  cancel(): Promise<void> {
    return this.conversation.cancel();
  }

  async finish(): Promise<void> {
    await this.readingErrors;
    this.errors.end();
    await this.conversation.finish();
    this.output.end();
  }

  private async unlessFailed<T extends AcpSession | AgentOutcome>(
    work: () => Promise<T>,
  ): Promise<T | AgentOutcome> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StartTimeout) return { kind: 'timed_out', which: 'start' };
      if (error instanceof ProtocolError) return failed('protocol', error.message);
      if (error instanceof RequestError) return this.refusal(error);
      if (error instanceof MessageTooLargeError) {
        return failed(
          'protocol',
          `${this.definition.displayName} sent a message that is too long.`,
        );
      }
      return this.death(error);
    }
  }

  /** The agent answered a request with an error. */
  private refusal(error: RequestError): AgentOutcome {
    const { displayName } = this.definition;
    const details = detailsOf(error.data);
    const message = `${displayName} answered: ${error.message.replace(/\.$/, '')}${details}`;
    const trouble = this.troubleIn(error);
    if (trouble === null) return failed('protocol', message);
    if (trouble.kind !== 'authentication') return failedBy(trouble, message);
    const way = `Start ${displayName} in a terminal once and sign in, or set its key in the environment that Runsheet is started from.`;
    return failedBy(trouble, `${message}. ${way}`);
  }

  /** Some agents give the code of HTTP, some the words of their provider, some only their own. */
  private troubleIn({ code, message, data }: RequestError): ProviderTrouble | null {
    const now = this.effects.clock.now();
    const text = typeof data === 'string' ? data : JSON.stringify(data ?? '');
    const details = detailsOf(data).replace(/^ \(/u, '');
    const http = code >= 400 ? `HTTP ${code}: ${message} ${text}` : '';
    const told = [http, message, details, text].map((one) => troubleIn(one, now));
    const found = told.find((one) => one !== null) ?? null;
    if (found !== null || code !== authRequired) return found;
    return { kind: 'authentication', retryAfterMs: null };
  }

  private async death(error: unknown): Promise<AgentOutcome> {
    const { displayName } = this.definition;
    const { child } = this.started;
    const exit = await within(this.effects.clock, deathMs, child.ended);
    if (exit !== null) await within(this.effects.clock, lastWordsMs, child.exited);
    const how =
      exit === null
        ? `broke the connection off: ${messageOf(error)}`
        : `ended unexpectedly, with ${exit.signal ?? `exit code ${exit.code ?? 'unknown'}`}`;
    const message = `${displayName} ${how}.${this.lastWords.text()}`;
    const exitCode = exit?.code ?? null;
    const trouble = this.vitals.heard;
    if (trouble !== null) return failedBy(trouble, message, exitCode);
    return { kind: 'failed', code: 'connection', message, exitCode };
  }
}

function failed(code: AgentFailure, message: string): AgentOutcome {
  return { kind: 'failed', code, message, exitCode: null };
}

/** Agents put the reason into the data of an error, as text or as `details`. */
function detailsOf(data: unknown): string {
  if (typeof data === 'string') return ` (${data})`;
  if (typeof data !== 'object' || data === null || !('details' in data)) return '';
  return typeof data.details === 'string' ? ` (${data.details})` : '';
}
