import assert from 'node:assert/strict';
import { eventText } from '../../../src/server/event-text';

describe('an event as text', () => {
  const shows = (type: string, payload: unknown, text: string): void => {
    assert.equal(eventText(type, payload), text);
  };

  it('is what the agent says, and marks what it only thinks', () => {
    shows('message', { role: 'assistant', text: 'I will\nwrite it.' }, 'I will\nwrite it.');
    shows('message', { role: 'thought', text: 'Hm.' }, '(thought) Hm.');
    shows('output', { stream: 'stderr', text: 'warning\n' }, 'warning\n');
    shows('notice', { text: 'A new conversation.' }, 'A new conversation.');
  });

  it('names a tool, what it works on and how far it is', () => {
    const call = { toolCallId: 't', title: 'Write a.txt', toolKind: 'edit', status: 'in_progress' };
    shows('tool_call', { ...call, locations: ['a.txt'], input: {} }, 'Write a.txt (in progress)');
    shows('tool_call', { ...call, locations: ['src/b.ts'] }, 'Write a.txt: src/b.ts (in progress)');
  });

  it('says what an agent wants to do, and whether its policy answered', () => {
    const asked = { summary: 'Run the tests', options: ['Allow', 'Reject'], locations: ['a.ts'] };
    shows(
      'permission_requested',
      { ...asked, input: 'npm test' },
      'Run the tests [Allow / Reject]\na.ts\nnpm test',
    );
    shows('permission_requested', { summary: 'May I?' }, 'May I?');
    shows('permission_answered', { answer: 'Allow', by: 'person:ada' }, 'Allow');
    shows('permission_answered', { answer: 'Reject', by: 'policy' }, 'Reject (by the tool policy)');
  });

  it('keeps the title of a tool on one line', () => {
    const call = { title: "printf 'hi\n' > a.txt", status: 'pending', locations: ['/w/a.txt'] };
    shows('tool_call', call, "printf 'hi ⏎ ' > a.txt (pending)");
  });

  it('shows what a tool gave back, in the shapes of different agents', () => {
    const result = { toolCallId: 't', title: 'npm test', status: 'completed' };
    const shown = (output: unknown): string => eventText('tool_result', { ...result, output });
    assert.equal(shown('3 passed'), 'npm test (completed)\n3 passed');
    assert.equal(shown([]), 'npm test (completed)');
    assert.equal(shown(null), 'npm test (completed)');
    assert.equal(
      shown([
        { type: 'content', content: { type: 'text', text: '3 passed' } },
        { type: 'diff', path: '/w/a.txt', oldText: null, newText: 'hi' },
      ]),
      'npm test (completed)\n3 passed\nchanged /w/a.txt',
    );
    assert.equal(shown([{ type: 'text', text: 'done' }]), 'npm test (completed)\ndone');
    assert.equal(
      shown({ exit_code: 0, stdout: '3 passed\n', stderr: '' }),
      'npm test (completed)\n3 passed',
    );
    assert.equal(shown([{ type: 'terminal', terminalId: 't' }]), 'npm test (completed)');
    assert.equal(shown({ code: 7 }), 'npm test (completed)\n{"code":7}');
  });

  it('cuts long output of a tool, and says how much is missing', () => {
    const output = Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n');
    const shown = eventText('tool_result', { title: 'ls', status: 'completed', output });
    assert.equal(shown.split('\n').length, 22);
    assert.match(shown, /\nline 19\n… 30 more lines$/);
  });

  it('says that content is kept elsewhere instead of showing the note about it', () => {
    const kept = '(5000 bytes, kept as an artifact of the run)';
    shows('message', { role: 'assistant', text: { truncated: 5000 } }, kept);
    shows(
      'tool_result',
      { title: 'ls', status: 'failed', output: { truncated: 5000 } },
      `ls (failed)\n${kept}`,
    );
  });

  it('tells a question with its answers, and the answer', () => {
    shows(
      'permission_requested',
      { request: 'p', summary: 'Write a.txt', options: ['Allow', 'Reject'] },
      'Write a.txt [Allow / Reject]',
    );
    shows('permission_answered', { request: 'p', answer: 'Allow', kind: 'allow_once' }, 'Allow');
  });

  it('ends a turn with its reason and what it has used', () => {
    const usage = { tokensIn: 130, tokensOut: 20, costMicros: 12_300 };
    const done = { outcome: 'completed', stopReason: 'end_turn', permissionDenials: 0 };
    shows(
      'turn_complete',
      { ...done, usage },
      'completed: end turn · 130 tokens in, 20 out, $0.0123',
    );
    shows(
      'turn_complete',
      { ...done, permissionDenials: 2, usage: null },
      'completed: end turn · 2 × permission denied',
    );
    const failed = { outcome: 'failed', code: 'refused', message: 'It refused.', exitCode: null };
    shows('turn_complete', { ...failed, usage: null }, 'failed: It refused.');
    shows('turn_complete', { outcome: 'timed_out', which: 'silence' }, 'timed out: silence');
  });

  it('tells the steps of a run', () => {
    const id = '0123456789abcdef';
    shows(
      'dispatched',
      { agent: 'claude', spec: 's', attempt: 2, because: 'retry', continues: null },
      'attempt 2 · claude · retry',
    );
    shows(
      'worktree_opened',
      { base: id, branch: 'runsheet/p/T01', path: '/w' },
      'runsheet/p/T01 from 0123456789ab',
    );
    shows(
      'worktree_opened',
      { base: id, branch: 'runsheet/p/T01', path: '/w', continues: true },
      'runsheet/p/T01 from 0123456789ab · with the work of the run before',
    );
    shows(
      'dispatched',
      { agent: 'claude', spec: 's', attempt: 1, because: 'first', continues: null },
      'attempt 1 · claude',
    );
    shows('nothing_changed', { head: id }, 'The agent changed no file.');
    shows('started', { version: '1.2', model: 'm', session: 's' }, 'version 1.2 · model m');
    shows('started', { version: null, model: null, session: null }, '');
    shows('commit_created', { commit: id }, '0123456789ab');
    shows('merge_started', { commit: id, branch: 'runsheet/p' }, '0123456789ab into runsheet/p');
    shows('merged', { commit: id }, '0123456789ab');
    shows(
      'merge_queued',
      { commit: id, branch: 'runsheet/p', ahead: 2 },
      'waits for its turn: 2 merges are before it into runsheet/p',
    );
    shows(
      'branch_taken_in',
      { branch: 'runsheet/p', head: id, paths: ['a', 'b'] },
      'runsheet/p at 0123456789ab: conflicts in a, b',
    );
    shows('merge_conflict', { paths: ['a', 'b'] }, 'a, b');
    shows('completed', { verdict: 'passed', reason: null }, 'verdict passed');
    shows('failed', { verdict: null, reason: 'It died.' }, 'It died.');
    shows('claim_made', { subtask: 'T1', says: 'done' }, 'T1 is done');
    shows(
      'acceptance_check',
      { check: 'npm test', outcome: 'passed', message: 'Exit code 0.', exitCode: 0 },
      'npm test: passed. Exit code 0.',
    );
    shows('paused', { reason: 'Lunch.' }, 'Lunch.');
    shows('resumed', { reason: null, paused_ms: 12_300 }, 'after 12 s');
    shows('retry_scheduled', { because: 'fallback', inMs: 2000 }, 'fallback in 2 s');
    shows('retry_scheduled', { because: 'retry', inMs: 90_000 }, 'retry in 1 min 30 s');
    shows('retry_scheduled', { because: 'retry', inMs: 0 }, 'retry at once');
    const verification = { verification: 'v', commit: id };
    shows(
      'verification_started',
      { ...verification, tree: 'merged', checks: 2 },
      '2 checks on the merged tree at 0123456789ab',
    );
    shows(
      'verification_started',
      { ...verification, tree: 'worktree', checks: 1 },
      '1 check in the worktree at 0123456789ab',
    );
    shows(
      'verification_ended',
      { verification: 'v', verdict: 'failed', score: 0, message: 'Exit code 1.' },
      'failed: Exit code 1.',
    );
  });

  it('names the person who let a run stand still and go on', () => {
    assert.equal(eventText('paused', { reason: 'Lunch.' }, 'person:ada'), 'by ada · Lunch.');
    assert.equal(eventText('paused', { reason: null }, 'person:ada'), 'by ada');
    const resumed = { reason: null, paused_ms: 61_000 };
    assert.equal(eventText('resumed', resumed, 'person:ada'), 'by ada · after 1 min 1 s');
    assert.equal(eventText('resumed', resumed, 'engine'), 'after 1 min 1 s');
  });

  it('tells what budgets and policies did to a run, in words', () => {
    const text = 'The budget of the plan is nearly used up: 80 of 100 turns.';
    shows('budget_warning', { budget: 'b', text }, text);
    shows('budget_exhausted', { budget: 'b', text }, text);
    const violation = { rule: 'forbidden_tool', tool: 'Bash', detail: 'rm -rf / is forbidden.' };
    shows(
      'policy_violation',
      { ...violation, prevented: true },
      'Prevented: rm -rf / is forbidden.',
    );
    shows('policy_violation', { ...violation, prevented: false }, 'rm -rf / is forbidden.');
    shows(
      'policy_not_enforced',
      { agent: 'codex', rules: ['read_only', 'forbidden_tools'], detail: 'Codex does not ask.' },
      'read only, forbidden tools: Codex does not ask.',
    );
  });

  it('shows what it does not know as JSON, and nothing for nothing', () => {
    shows('of_the_future', { a: 1 }, '{"a":1}');
    shows('message', null, '');
  });
});
