import type { ToolCall } from '../model/tool-call';
import type { CommandText } from '../model/validator';

/**
 * How Runsheet talks with an agent: `acp`, the Agent Client Protocol; `claude-stream`, Claude Code's
 * own JSON lines in both directions; `codex-exec`, the event lines of `codex exec`; `command`, a
 * program that says by its exit code that it is done; `person`, nobody: the checks ask.
 */
export type AgentTransport = 'command' | 'acp' | 'claude-stream' | 'codex-exec' | 'person';

/** How an agent is started; the key is stored with each run. */
export interface AgentDefinition {
  /** `command` and `person` for what is built in, else a short name such as `claude`, `gemini`. */
  key: string;
  displayName: string;
  transport: AgentTransport;
  program: string;
  /** Headless adapters put what they need behind them. */
  args: readonly string[];
  /** Beside the allow-listed variables that every agent gets. */
  env: Readonly<Record<string, string>>;
  /** Variables passed on from the person's environment, credentials above all; `X_*`: all such. */
  inherit?: readonly string[] | undefined;
  /** How a person gets the program: a command line or where to read about it. */
  install?: string | undefined;
  /** Defined by the workspace's own settings: nothing of it runs before a person approved it. */
  isOfWorkspace?: boolean | undefined;
}

/** What one run asks of an agent. Paths are absolute. */
export interface AgentTask {
  /** Also the marker in the environment of every process of the run. */
  runId: string;
  /** The subtask's id as its plan has it. */
  subtaskId: string;
  worktree: string;
  prompt: string;
  /** The subtask and its surroundings as JSON, for agents that are programs. */
  subtaskJson: string;
  /** A folder of the run's own outside the worktree, for the prompt and subtask files. */
  scratchDirectory: string;
  /** For the command agent: what to run instead of `definition`; already approved. */
  command: CommandText | null;
  /** Set to continue an earlier conversation where the agent can. */
  session: string | null;
  /** What is said instead of `prompt` when the earlier conversation goes on. */
  followUp: string | null;
  /**
   * What the runs before used of `session`, so that this one counts only what it uses itself: some
   * agents report the totals of a conversation.
   */
  sessionUsage?: Usage | null | undefined;
  mcpServers?: readonly McpServer[] | undefined;
  pause: PauseSwitch;
  limits: {
    /** Without any sign of life for so long, the run is ended. */
    silenceMs: number;
    /** Wall clock of the run, waiting for a person not counted. */
    totalMs: number;
    startMs: number;
    permissionMs: number;
  };
}

/** A server of the Model Context Protocol, over HTTP on the loopback, that a run may use. */
export interface McpServer {
  /** Letters and digits: some agents make names of tools of it. */
  name: string;
  url: string;
  /** Sent as `Authorization: Bearer`. */
  token: string;
}

/**
 * Whether a run stands still at a person's wish: its processes are frozen where the system can, and
 * no limit runs on.
 */
export interface PauseSwitch {
  readonly isPaused: boolean;
  onChange(listener: (isPaused: boolean) => void): Disposable;
  /** Resolves as soon as nothing is paused, or `signal` is aborted. */
  whenGoing(signal: AbortSignal): Promise<void>;
}

/** What one run has used so far, as far as the agent tells. */
export interface Usage {
  tokensIn: number;
  tokensOut: number;
  /** Micro-USD as the agent reports it; `null`: it does not say. */
  costMicros: number | null;
  /** How often the model was asked. */
  turns?: number | null | undefined;
}

/** What the agent tells while it works; the payloads are JSON values, unmasked. */
export type AgentEvent =
  | { type: 'message'; role: 'assistant' | 'thought' | 'user'; text: string }
  | { type: 'output'; stream: 'stdout' | 'stderr'; text: string }
  | { type: 'plan_update'; entries: { content: string; status: string }[] }
  | {
      type: 'tool_call';
      toolCallId: string;
      /** The tool's own name, where the agent tells it. */
      name?: string | null | undefined;
      title: string;
      toolKind: string;
      status: string;
      locations: string[];
      input: unknown;
    }
  | { type: 'tool_result'; toolCallId: string; title: string; status: string; output: unknown }
  | { type: 'usage'; usage: Usage }
  | { type: 'notice'; text: string };

export interface PermissionOption {
  id: string;
  name: string;
  kind: 'allow_once' | 'allow_always' | 'reject_once' | 'reject_always';
}

export interface PermissionQuestion {
  toolName: string | null;
  summary: string;
  /** The call that it is about, for the tool policy and for the person. */
  call: ToolCall;
  /** The call's id in the agent's events. */
  toolCallId?: string | undefined;
  options: PermissionOption[];
}

/** What a run's owner provides to the agent while it works. */
export interface AgentHost {
  /** A process has been started: recorded before anything else happens with it. */
  onProcess(process: { pid: number; startedAt: string | null; marker: string }): Promise<void>;
  /** The agent answered the handshake; the prompt has not been sent yet. */
  onReady(agent: {
    version: string | null;
    model: string | null;
    session: string | null;
  }): Promise<void>;
  /** Called in order; the next event waits for the promise. */
  onEvent(event: AgentEvent): Promise<void>;
  /**
   * The chosen option's id; `null` when `signal` ended the wait, whose reason is `expired` when
   * nobody answered in time. Settles soon after an abort; never rejects.
   */
  onPermission(question: PermissionQuestion, signal: AbortSignal): Promise<string | null>;
}

/** Why a permission question ended without an answer: its time was up. */
export const expired = 'expired';

export type AgentOutcome =
  | { kind: 'completed'; stopReason: string; permissionDenials: number }
  | {
      kind: 'failed';
      code: AgentFailure;
      message: string;
      exitCode: number | null;
      /** When the provider said how long to wait. */
      retryAfterMs?: number | undefined;
    }
  | { kind: 'timed_out'; which: 'start' | 'silence' | 'total' }
  | { kind: 'cancelled' };

export type AgentFailure =
  | 'not_installed'
  | 'launch'
  | 'exit_code'
  | 'connection'
  | 'authentication'
  | 'rate_limit'
  | 'overloaded'
  /** The provider cannot be reached. */
  | 'network'
  | 'protocol'
  | 'refused';

/**
 * Carries out one task and ends with every process of it ended. Aborting `signal` stops it: the
 * protocol's cancel, end of input, then signals to the whole process tree. Never rejects for what
 * an agent does; rejects only when a method of the host does.
 */
export interface Agent {
  run(task: AgentTask, host: AgentHost, signal: AbortSignal): Promise<AgentOutcome>;
}
