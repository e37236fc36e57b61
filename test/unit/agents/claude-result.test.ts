import assert from 'node:assert/strict';
import type { AgentOutcome } from '../../../src/agents/agent';
import { claudeMessageSchema, type ClaudeResult } from '../../../src/agents/claude-messages';
import { isUnknownSession, outcomeOf, type ResultContext } from '../../../src/agents/claude-result';

const now = Date.UTC(2026, 10, 21, 12);

function read(line: object): ClaudeResult {
  const message = claudeMessageSchema.parse({ type: 'result', subtype: 'success', ...line });
  assert.ok(message.type === 'result');
  return message;
}

function outcome(line: object, context: Partial<ResultContext> = {}): AgentOutcome {
  const none = { name: 'Claude Code', denials: 0, error: null, resetsAt: null, now };
  return outcomeOf(read(line), { ...none, ...context });
}

function failure(line: object, context: Partial<ResultContext> = {}): [string, number | undefined] {
  const end = outcome({ is_error: true, ...line }, context);
  assert.ok(end.kind === 'failed');
  return [end.code, end.retryAfterMs];
}

describe('the result of Claude Code', () => {
  it('is completed work when it says success and nothing else speaks against it', () => {
    assert.deepEqual(outcome({ is_error: false, stop_reason: 'end_turn' }), {
      kind: 'completed',
      stopReason: 'end_turn',
      permissionDenials: 0,
    });
  });

  it('counts what was denied, by a person or by its own rules, though it says success', () => {
    const line = { is_error: false, permission_denials: [{ tool_name: 'Write' }] };
    const denials = (end: AgentOutcome): unknown =>
      end.kind === 'completed' ? end.permissionDenials : end;
    assert.equal(denials(outcome(line)), 1);
    assert.equal(denials(outcome(line, { denials: 1 })), 1);
    assert.equal(denials(outcome({ is_error: false }, { denials: 2 })), 2);
  });

  it('is a failure of the provider when a success is also an error', () => {
    const error = { terminal_reason: 'api_error', api_error_status: null };
    assert.deepEqual(failure({ ...error, api_error_status: 401 }), ['authentication', undefined]);
    assert.deepEqual(failure({ ...error, api_error_status: 429 }), ['rate_limit', undefined]);
    assert.deepEqual(failure({ ...error, api_error_status: 529 }), ['overloaded', undefined]);
    assert.deepEqual(failure({ ...error, result: 'API Error: Connection refused' }), [
      'network',
      undefined,
    ]);
    const login = { result: 'Invalid API key · Please run /login' };
    assert.deepEqual(failure(login), ['authentication', undefined]);
    const named = { result: 'Something new.' };
    assert.deepEqual(failure(named, { error: 'billing_error' }), ['authentication', undefined]);
  });

  it('says how long to wait where a limit says when it is lifted', () => {
    const line = { api_error_status: 429, result: 'Limit reached' };
    const context = { resetsAt: now + 90_000 };
    assert.deepEqual(failure(line, context), ['rate_limit', 90_000]);
    assert.deepEqual(failure(line, { resetsAt: now - 1 }), ['rate_limit', 0]);
    assert.deepEqual(failure({ api_error_status: 401 }, context), ['authentication', undefined]);
  });

  it('is the end of the work, and no failure, at a limit that its options set', () => {
    const limited = { is_error: true, num_turns: 1 };
    const turns = outcome({ ...limited, subtype: 'error_max_turns' });
    assert.deepEqual(turns, {
      kind: 'completed',
      stopReason: 'max_turn_requests',
      permissionDenials: 0,
    });
    const money = outcome({ ...limited, subtype: 'error_max_budget_usd' });
    assert.equal(money.kind === 'completed' && money.stopReason, 'max_budget');
  });

  it('may be a refusal', () => {
    const end = outcome({ is_error: false, stop_reason: 'refusal' });
    assert.equal(end.kind === 'failed' && end.code, 'refused');
  });

  it('is a failure in its own words when nobody knows the error', () => {
    const end = outcome({ is_error: true, api_error_status: 400, result: 'Prompt is too long' });
    assert.ok(end.kind === 'failed');
    assert.deepEqual(
      [end.code, end.message],
      ['exit_code', 'Claude Code answered: Prompt is too long'],
    );
  });

  it('tells a session that is not there from other errors', () => {
    const errors = ['No conversation found with session ID: 99999999-1111-4111-8111-111111111111'];
    assert.equal(isUnknownSession(read({ is_error: true, errors })), true);
    assert.equal(isUnknownSession(read({ is_error: true, errors: ['Out of memory'] })), false);
    assert.equal(isUnknownSession(read({ is_error: false, result: errors[0] })), false);
  });
});
