import * as acp from '@agentclientprotocol/sdk';
import { version } from '../../package.json';
import type { Clock } from '../platform/clock';
import type { AgentHost, AgentOutcome, AgentTask } from './agent';
import {
  answerSchema,
  authRequired,
  initializedSchema,
  modelOf,
  parseAnswer,
  ProtocolError,
  sessionSchema,
  type Initialized,
} from './acp-answers';
import { AcpPermissions } from './acp-permissions';
import { AcpUpdates } from './acp-updates';
import type { EventQueue } from './event-queue';
import type { StartedProgram } from './supervised-run';
import { toolCallSchema } from './tool-calls';
import { pause, within } from './waiting';
import type { VitalSigns } from './vital-signs';

/** An opened session, ready for a prompt. */
export interface AcpSession {
  id: string;
  version: string | null;
  model: string | null;
  /** Whether it is the task's earlier session. */
  isContinued: boolean;
}

/** The agent did not answer a request in the time that starting may take. */
export class StartTimeout extends Error {}

const cancelMs = 2_000;
const quietMs = 200;

/** One conversation with an agent in the Agent Client Protocol, from handshake to answer. */
export class AcpConversation {
  private readonly updates: AcpUpdates;
  private readonly permissions: AcpPermissions;
  private readonly events: EventQueue;
  private readonly time: Clock;
  private readonly connection: acp.ClientConnection;
  private prompting: { sessionId: string; answered: Promise<unknown> } | null = null;

  constructor(
    private readonly task: AgentTask,
    host: AgentHost,
    started: Pick<StartedProgram, 'events' | 'watchdog' | 'time'>,
    private readonly vitals: VitalSigns,
    private readonly clock: Clock,
    stream: acp.Stream,
  ) {
    const { events, watchdog, time } = started;
    this.events = events;
    this.time = time;
    this.updates = new AcpUpdates((event) => {
      if (event.type === 'notice') vitals.hear(event.text);
      events.push(event);
    }, clock);
    this.permissions = new AcpPermissions(host, watchdog, time, task.limits.permissionMs);
    this.connection = this.app().connect(divertUpdates(stream, (params) => this.take(params)));
  }

  /** Shakes hands and opens a session, the task's earlier one where the agent can. */
  async open(): Promise<AcpSession> {
    const { startMs } = this.task.limits;
    const agent = await this.inTime(startMs, this.initialize());
    // Agents start their model and their tools here, which takes longer than shaking hands.
    const session = await this.inTime(2 * startMs, this.openSession(agent));
    return { ...session, version: agent.agentInfo?.version ?? null };
  }

  /** Sends the prompt and follows the work to its end. */
  async prompt({ id: sessionId, isContinued }: AcpSession): Promise<AgentOutcome> {
    const { prompt: whole, followUp } = this.task;
    const text = isContinued ? (followUp ?? whole) : whole;
    const prompt = [{ type: 'text' as const, text }];
    const answered = this.connection.agent.request(acp.methods.agent.session.prompt, {
      sessionId,
      prompt,
    });
    this.prompting = { sessionId, answered };
    const answer = parseAnswer(answerSchema, await answered);
    this.updates.takeTurnUsage({ usage: answer.usage, quota: answer._meta?.quota });
    const { stopReason } = answer;
    if (stopReason === 'refusal') {
      const message = 'The agent refused to carry out the task.';
      return { kind: 'failed', code: 'refused', message, exitCode: null };
    }
    return { kind: 'completed', stopReason, permissionDenials: this.permissions.denials };
  }

  /** Asks the agent to stop working and gives it a little time to say that it did. */
  async cancel(): Promise<void> {
    this.permissions.stop();
    if (this.prompting === null) return;
    const { sessionId, answered } = this.prompting;
    const cancel = this.connection.agent.notify(acp.methods.agent.session.cancel, { sessionId });
    await within(this.clock, cancelMs, Promise.allSettled([cancel, answered]));
  }

  /** The agent has ended: reads what it said last and hands over what is still buffered. */
  async finish(): Promise<void> {
    this.permissions.stop();
    await this.permissions.settled();
    await within(this.clock, cancelMs, this.connection.closed);
    this.connection.close();
    this.updates.flush();
  }

  private app(): acp.ClientApp {
    const { client } = acp.methods;
    return acp
      .client({ name: 'runsheet' })
      .onRequest(client.session.requestPermission, async ({ params, signal }) => ({
        outcome: await this.askPermission(params, signal),
      }))
      .onNotification('*', () => this.vitals.other());
  }

  private take(params: unknown): void {
    const sign = this.updates.take(params);
    if (sign === 'work') this.vitals.work();
    else if (sign === 'life') this.vitals.other();
  }

  private async askPermission(
    params: acp.RequestPermissionRequest,
    signal: AbortSignal,
  ): Promise<acp.RequestPermissionOutcome> {
    this.vitals.work();
    const tool = toolCallSchema.parse(params.toolCall);
    const call = this.updates.takeTool(tool);
    this.updates.flush();
    await this.events.drained();
    const options = params.options.map(({ optionId: id, name, kind }) => ({ id, name, kind }));
    const toolName = call.name ?? tool.kind ?? null;
    const summary = tool.title ?? 'Use a tool';
    const { toolCallId } = tool;
    return this.permissions.ask({ toolName, summary, call, toolCallId, options }, signal);
  }

  private async initialize(): Promise<Initialized> {
    const answer = await this.connection.agent.request(acp.methods.agent.initialize, {
      protocolVersion: acp.PROTOCOL_VERSION,
      clientInfo: { name: 'runsheet', title: 'Runsheet', version },
      // The agent works on the files of its worktree by itself.
      clientCapabilities: {
        fs: { readTextFile: false, writeTextFile: false },
        terminal: false,
        session: { notices: {} },
      },
    });
    const agent = parseAnswer(initializedSchema, answer);
    if (agent.protocolVersion === acp.PROTOCOL_VERSION) return agent;
    throw new ProtocolError(
      `The agent speaks version ${agent.protocolVersion} of the Agent Client Protocol; version ${acp.PROTOCOL_VERSION} is needed.`,
    );
  }

  private async openSession(agent: Initialized): Promise<Omit<AcpSession, 'version'>> {
    const { worktree: cwd, session: earlier } = this.task;
    const again = earlier === null ? null : await this.reopenSession(agent, earlier);
    if (again !== null) return again;
    const answer = await this.connection.agent.request(acp.methods.agent.session.new, {
      cwd,
      mcpServers: this.mcpServersFor(agent),
    });
    const opened = parseAnswer(sessionSchema, answer);
    if (opened.sessionId === undefined) throw new ProtocolError('The agent named no session.');
    return { id: opened.sessionId, model: modelOf(opened), isContinued: false };
  }

  private async reopenSession(
    agent: Initialized,
    sessionId: string,
  ): Promise<Omit<AcpSession, 'version'> | null> {
    const { resume, load } = acp.methods.agent.session;
    const can = agent.agentCapabilities;
    const canResume = (can?.sessionCapabilities?.resume ?? null) !== null;
    const mcpServers = this.mcpServersFor(agent);
    const params = { sessionId, cwd: this.task.worktree, mcpServers };
    try {
      if (canResume || can?.loadSession === true) {
        this.updates.muted = true;
        const answer = await this.connection.agent.request(canResume ? resume : load, params);
        if (!canResume) await this.repetitionEnded();
        this.updates.continueFrom(this.task.sessionUsage);
        const model = modelOf(sessionSchema.safeParse(answer).data);
        return { id: sessionId, model, isContinued: true };
      }
    } catch (error) {
      const isOther = !(error instanceof acp.RequestError) || error.code === authRequired;
      if (isOther) throw error;
    } finally {
      this.updates.muted = false;
    }
    const text = 'The earlier conversation could not be continued; a new one was started.';
    this.updates.tell({ type: 'notice', text });
    return null;
  }

  private mcpServersFor({ agentCapabilities: can }: Initialized): acp.McpServer[] {
    const { mcpServers = [] } = this.task;
    if (mcpServers.length > 0 && can?.mcpCapabilities?.http !== true) {
      const text = 'The agent takes no MCP servers over HTTP; it works without them.';
      this.updates.tell({ type: 'notice', text });
      return [];
    }
    return mcpServers.map(({ name, url, token }) => {
      const headers = [{ name: 'Authorization', value: `Bearer ${token}` }];
      return { type: 'http' as const, name, url, headers };
    });
  }

  /** Gemini answers before it has repeated the whole conversation. */
  private async repetitionEnded(): Promise<void> {
    for (let before = -1; before !== this.updates.taken;) {
      before = this.updates.taken;
      await pause(this.clock, quietMs);
    }
  }

  private async inTime<T>(ms: number, work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    const done = await within(
      this.time,
      ms,
      work.then((value) => ({ value })),
    );
    if (done === null) throw new StartTimeout();
    return done.value;
  }
}

/**
 * The stream without its `session/update` notifications, which go to `take` as they come: the
 * library would drop those that its own version does not know.
 */
function divertUpdates(stream: acp.Stream, take: (params: unknown) => void): acp.Stream {
  const diversion = new TransformStream<acp.AnyMessage, acp.AnyMessage>({
    transform(message, controller) {
      const isUpdate = 'method' in message && message.method === acp.methods.client.session.update;
      if (isUpdate) take(message.params);
      else controller.enqueue(message);
    },
  });
  return { readable: stream.readable.pipeThrough(diversion), writable: stream.writable };
}
