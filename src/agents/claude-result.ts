import { troubleIn, type ProviderTrouble } from '../model/provider-trouble';
import type { AgentFailure, AgentOutcome } from './agent';
import type { ClaudeResult } from './claude-messages';

/** What else is known when a result comes. */
export interface ResultContext {
  /** The agent's name for people. */
  name: string;
  /** How many permission requests were rejected. */
  denials: number;
  /** The one word that the last message of the agent gave for an error of the provider. */
  error: string | null;
  /** When a limit that was reached will be lifted, in milliseconds since the epoch. */
  resetsAt: number | null;
  now: number;
}

/** Claude Code's words for errors of the provider. */
const errors: Readonly<Record<string, AgentFailure>> = {
  authentication_failed: 'authentication',
  oauth_org_not_allowed: 'authentication',
  billing_error: 'authentication',
  rate_limit: 'rate_limit',
  overloaded: 'overloaded',
};

/** Ends of a turn that are no failures: a limit that the person's own options set. */
const limits: Readonly<Record<string, string>> = {
  error_max_turns: 'max_turn_requests',
  error_max_budget_usd: 'max_budget',
};

/**
 * What the result of a turn means. "success" alone means nothing: it is also said of an error of the
 * provider (`is_error`), and of work of which every edit was denied.
 */
export function outcomeOf(result: ClaudeResult, context: ResultContext): AgentOutcome {
  const permissionDenials = Math.max(result.permission_denials?.length ?? 0, context.denials);
  const limit = limits[result.subtype];
  if (limit !== undefined) return { kind: 'completed', stopReason: limit, permissionDenials };
  if (result.stop_reason === 'refusal') {
    return failed('refused', 'The agent refused to carry out the task.');
  }
  if (!result.is_error && result.subtype === 'success') {
    const stopReason = result.stop_reason ?? 'end_turn';
    return { kind: 'completed', stopReason, permissionDenials };
  }
  return failure(result, context);
}

/** Whether the session that was to be continued is not there. */
export function isUnknownSession(result: ClaudeResult): boolean {
  return (
    result.is_error &&
    (result.errors ?? []).some((error) => error.startsWith('No conversation found with session'))
  );
}

function failure(result: ClaudeResult, context: ResultContext): AgentOutcome {
  const text = [result.result ?? '', ...(result.errors ?? [])].filter((part) => part !== '');
  const words = text.join('\n');
  const trouble = troubleIn(words, context.now);
  const code = codeOf(result, context, trouble);
  const message = `${context.name} answered: ${words === '' ? result.subtype : words}`;
  const { resetsAt, now } = context;
  const untilReset =
    code === 'rate_limit' && resetsAt !== null ? Math.max(0, resetsAt - now) : null;
  const retryAfterMs = untilReset ?? trouble?.retryAfterMs ?? null;
  return { ...failed(code, message), ...(retryAfterMs === null ? {} : { retryAfterMs }) };
}

function codeOf(
  { api_error_status: status, terminal_reason: reason }: ClaudeResult,
  context: ResultContext,
  trouble: ProviderTrouble | null,
): AgentFailure {
  const named = context.error === null ? undefined : errors[context.error];
  if (named !== undefined) return named;
  if (status === 401 || status === 403) return 'authentication';
  if (status === 429) return 'rate_limit';
  if (typeof status === 'number' && status >= 500) return 'overloaded';
  if (trouble !== null) return trouble.kind;
  // Without a status there was no answer.
  if (reason === 'api_error' && typeof status !== 'number') return 'network';
  return 'exit_code';
}

function failed(code: AgentFailure, message: string): AgentOutcome {
  return { kind: 'failed', code, message, exitCode: null };
}
