import { AcpPermissions } from './acp-permissions';
import type { AgentOutcome } from './agent';
import {
  claudeMessageSchema,
  initializedSchema,
  settingsSchema,
  type ClaudeAsk,
  type ClaudeMessage,
  type ClaudeResult,
} from './claude-messages';
import { outcomeOf } from './claude-result';
import { answerTo, questionOf } from './claude-tools';
import { ClaudeUpdates } from './claude-updates';
import type { HeadlessRun } from './headless-agent';
import { UsageTotals } from './usage-totals';
import type { VitalSigns } from './vital-signs';
import { within } from './waiting';

type Control = Extract<ClaudeMessage, { type: 'control_request' }>;

interface Ready {
  version: string | null;
  model: string | null;
}

const cancelMs = 2_000;

/** One conversation with Claude Code over its control protocol, from handshake to result. */
export class ClaudeDialogue {
  private readonly updates: ClaudeUpdates;
  private readonly permissions: AcpPermissions;
  private readonly usage = new UsageTotals();
  /** Our requests that wait for an answer; a refusal answers `null`. */
  private readonly requests = new Map<string, (answer: unknown) => void>();
  private readonly asks = new Map<string, AbortController>();
  private isPrompted = false;
  private error: string | null = null;
  private resetsAt: number | null = null;
  private conclude: (result: ClaudeResult) => void = () => undefined;
  private readonly concluded = new Promise<ClaudeResult>((resolve) => {
    this.conclude = resolve;
  });

  constructor(
    private readonly run: HeadlessRun,
    private readonly vitals: VitalSigns,
    private readonly send: (message: unknown) => void,
  ) {
    const { task, host, started } = run;
    const { events, watchdog, time } = started;
    this.updates = new ClaudeUpdates((event) => events.push(event), this.usage);
    const { permissionMs } = task.limits;
    this.permissions = new AcpPermissions(host, watchdog, time, permissionMs);
    if (task.session !== null) this.usage.continueFrom(task.sessionUsage);
  }

  /** Shakes hands. A result that comes instead says why there is no conversation. */
  open(): Promise<{ ready: Ready } | { result: ClaudeResult }> {
    const ready = this.shakeHands().then((answer) => ({ ready: answer }));
    return Promise.race([ready, this.result()]);
  }

  /** Sends the prompt and follows the work to its result. */
  prompt(): Promise<{ result: ClaudeResult }> {
    const { prompt, followUp, session } = this.run.task;
    this.isPrompted = true;
    const content = session === null ? prompt : (followUp ?? prompt);
    const message = { role: 'user', content };
    this.send({ type: 'user', message, parent_tool_use_id: null, session_id: '' });
    return this.result();
  }

  outcome(result: ClaudeResult): AgentOutcome {
    const { error, resetsAt, run } = this;
    const denials = this.permissions.denials;
    const now = run.effects.clock.now();
    return outcomeOf(result, { name: run.name, denials, error, resetsAt, now });
  }

  /** Takes one line that the program printed. */
  take(line: unknown): void {
    const message = claudeMessageSchema.safeParse(line).data;
    if (message !== undefined && isWork(message)) this.vitals.work();
    else this.vitals.other();
    if (message !== undefined) this.takeMessage(message);
  }

  /** Interrupts the turn and gives it a little time to end. */
  async cancel(): Promise<void> {
    this.permissions.stop();
    if (!this.isPrompted) return;
    const interrupted = Promise.all([this.request('interrupt'), this.concluded]);
    await within(this.run.effects.clock, cancelMs, interrupted);
  }

  async finish(): Promise<void> {
    this.permissions.stop();
    await this.permissions.settled();
  }

  private async shakeHands(): Promise<Ready> {
    const initialized = initializedSchema.safeParse(await this.request('initialize')).data;
    await this.offerServers();
    const settings = settingsSchema.safeParse(await this.request('get_settings')).data;
    const version = initialized?.claude_code_version ?? null;
    return { version, model: settings?.applied.model ?? null };
  }

  private async offerServers(): Promise<void> {
    const { mcpServers = [] } = this.run.task;
    if (mcpServers.length === 0) return;
    const servers = mcpServers.map(({ name, url, token }) => {
      const headers = { Authorization: `Bearer ${token}` };
      return [name, { type: 'http', url, headers, alwaysLoad: true }] as const;
    });
    await this.request('mcp_set_servers', { servers: Object.fromEntries(servers) });
  }

  private async result(): Promise<{ result: ClaudeResult }> {
    return { result: await this.concluded };
  }

  private takeMessage(message: ClaudeMessage): void {
    switch (message.type) {
      case 'assistant': {
        this.error = message.error ?? null;
        this.updates.takeAssistant(message);
        return;
      }
      case 'user': {
        this.updates.takeUser(message);
        return;
      }
      case 'system': {
        const notice = this.updates.takeSystem(message);
        if (notice !== null) this.vitals.hear(notice);
        return;
      }
      case 'rate_limit_event': {
        const { status, resetsAt } = message.rate_limit_info;
        if (status === 'rejected' && resetsAt !== undefined) this.resetsAt = resetsAt * 1_000;
        return;
      }
      case 'result': {
        this.updates.takeUsage(message);
        this.conclude(message);
        return;
      }
      case 'control_response': {
        const { request_id: id, response } = message.response;
        this.requests.get(id)?.(response ?? null);
        this.requests.delete(id);
        return;
      }
      case 'control_cancel_request': {
        this.asks.get(message.request_id)?.abort();
        return;
      }
      case 'control_request': {
        this.takeRequest(message);
        return;
      }
    }
  }

  private takeRequest({ request_id: id, request }: Control): void {
    if ('tool_name' in request) {
      void this.ask(id, request);
      return;
    }
    const error = `${request.subtype} is not supported.`;
    this.send({ type: 'control_response', response: { subtype: 'error', request_id: id, error } });
  }

  private async ask(id: string, ask: ClaudeAsk): Promise<void> {
    const withdrawn = new AbortController();
    this.asks.set(id, withdrawn);
    // The person sees the tool call first.
    await this.run.started.events.drained();
    const answer = await this.permissions.ask(questionOf(ask), withdrawn.signal);
    this.asks.delete(id);
    // A question that was stopped or withdrawn needs no answer.
    if (answer.outcome !== 'selected') return;
    const response = {
      subtype: 'success',
      request_id: id,
      response: answerTo(ask, answer.optionId),
    };
    this.send({ type: 'control_response', response });
  }

  private request(subtype: string, details: Record<string, unknown> = {}): Promise<unknown> {
    const id = `runsheet-${subtype}`;
    return new Promise((resolve) => {
      this.requests.set(id, resolve);
      this.send({ type: 'control_request', request_id: id, request: { subtype, ...details } });
    });
  }
}

/** What Claude Code says itself about an error of its provider is none. */
function isWork(message: ClaudeMessage): boolean {
  if (message.type === 'assistant') return (message.error ?? null) === null;
  return message.type === 'user' || message.type === 'control_request';
}
