import assert from 'node:assert/strict';
import { gateRow } from '../../../src/ui/tree/gate-item';
import { escapeIcons, escapeMarkdown } from '../../../src/ui/tree/markdown';
import { needNode, needRow } from '../../../src/ui/tree/need-item';
import { planRow } from '../../../src/ui/tree/plan-item';
import { runRow } from '../../../src/ui/tree/run-item';
import { subtaskLook } from '../../../src/ui/tree/status-look';
import { subtaskRow } from '../../../src/ui/tree/subtask-item';
import type { NeedView } from '../../../src/protocol/views';
import { subtaskStatusSchema, type SubtaskStatus } from '../../../src/model/status';
import { counts, gateView, needView, planView, runView, subtaskView } from '../../support/views';

describe('a subtask in the tree', () => {
  it('looks different proven, accepted and claimed: in word and in icon', () => {
    const looks = [
      subtaskView({ key: 'A', status: 'done', proof: 'proven' }),
      subtaskView({ key: 'A', status: 'done', proof: 'accepted' }),
      subtaskView({ key: 'A', status: 'claimed' }),
    ].map((one) => subtaskLook(one));
    assert.equal(new Set(looks.map((look) => look.word)).size, 3);
    assert.equal(new Set(looks.map((look) => look.icon)).size, 3);
  });

  it('has a word for every status', () => {
    for (const status of subtaskStatusSchema.options) {
      const { description } = subtaskRow(subtaskView({ key: 'A', status }), null);
      assert.notEqual(description, '', status);
    }
  });

  it('says why it is not ready: in the row, in the tooltip and aloud', () => {
    const subtask = subtaskView({ key: 'T02', whyNotReady: ['T01 is not done.'] });
    const row = subtaskRow(subtask, null);
    assert.match(row.description, /^waiting · T01 is not done\.$/);
    assert.match(row.tooltip, /T01 is not done/);
    assert.match(row.spoken, /T01 is not done/);
    assert.ok(!row.context.includes('runnable'));
  });

  it('can be run when it is ready, stopped when it runs, retried when it failed', () => {
    const words = (status: 'pending' | 'in_progress' | 'failed') =>
      subtaskRow(subtaskView({ key: 'A', status }), null).context;
    assert.ok(words('pending').includes('runnable'));
    assert.ok(words('in_progress').includes('stoppable'));
    assert.ok(!words('in_progress').includes('runnable'));
    assert.ok(words('failed').includes('retryable'));
    assert.ok(words('failed').includes('rejectable'));
    assert.ok(!words('pending').includes('rejectable'));
  });

  it('tells what its run did last while it runs', () => {
    const run = runView({
      id: 'r',
      attempt: 2,
      lastEvent: { type: 'tool_call', text: 'Edit a\nb', at: '' },
    });
    const row = subtaskRow(subtaskView({ key: 'A', status: 'in_progress' }), run);
    assert.equal(row.description, 'running · attempt 2 · Edit a');
    const lastEvent = { type: 'merge_started', text: '0123 into main', at: '' };
    const merging = subtaskRow(subtaskView({ key: 'A', status: 'in_review' }), {
      ...run,
      lastEvent,
    });
    assert.match(merging.description, /merge started: 0123 into main$/);
  });

  it('shows what the file says of work that Runsheet has not begun', () => {
    const look = (fileSays: SubtaskStatus, whyNotReady: string[] = []) => {
      const row = subtaskRow(subtaskView({ key: 'A', fileSays, whyNotReady }), null);
      return [row.icon.name, row.description];
    };
    assert.deepEqual(look('in_progress'), ['play-circle', 'in progress in its file']);
    assert.deepEqual(look('blocked', ['X']), ['circle-slash', 'blocked in its file · X']);
    assert.deepEqual(look('failed'), ['error', 'failed in its file']);
    assert.deepEqual(look('pending'), ['circle-large', 'ready']);
  });

  it('shows what the file leaves out as neither waiting nor failed', () => {
    const row = (status: SubtaskStatus) =>
      subtaskRow(subtaskView({ key: 'A', status, leftOut: true, whyNotReady: ['X'] }), null);
    assert.deepEqual(row('pending').icon.name, 'debug-step-over');
    assert.equal(row('pending').description, 'left out in its file · X');
    assert.equal(row('failed').icon.name, 'debug-step-over');
    assert.ok(!row('pending').context.includes('runnable'));
    assert.ok(row('pending').context.includes('decidable'));
    assert.ok(!row('pending').context.includes('pausable'));
  });

  it('does not say a title twice where the key is made of it', () => {
    const labelOf = (key: string, title: string) =>
      subtaskRow(subtaskView({ key, title }), null).label;
    assert.equal(labelOf('write-a-guide', 'Write a guide'), 'Write a guide');
    assert.equal(labelOf('1-2-Café-model', 'Café model'), '1-2 Café model');
    assert.equal(labelOf('1-2a-買い物', '買い物'), '1-2a 買い物');
    assert.equal(labelOf('remodel', 'Model'), 'remodel Model');
    assert.equal(labelOf('T01', 'Write a guide'), 'T01 Write a guide');
    assert.equal(labelOf('T01', '???'), 'T01 ???');
  });

  it('shows words that Markdown makes strong without the stars, and globs as they are', () => {
    const labelOf = (title: string) => subtaskRow(subtaskView({ key: 'A', title }), null).label;
    assert.equal(labelOf('**Fix** the "**old** one"'), 'A Fix the "old one"');
    assert.equal(labelOf('Lint src/**/*.ts and **/*.js'), 'A Lint src/**/*.ts and **/*.js');
    assert.equal(labelOf('2 ** 3 ** 4'), 'A 2 ** 3 ** 4');
  });

  it('shows text of the plan literally in its tooltip', () => {
    const title = '[x](http://evil) ![i](http://evil/i.png) <img src=x> $(rocket) `code`';
    const { tooltip } = subtaskRow(subtaskView({ key: 'A', title }), null);
    assert.ok(!/(?<!\\)[[\]`<]/.test(tooltip.split('\n')[0] ?? ''), tooltip);
    assert.ok(tooltip.includes('\\$\\(rocket\\)'), tooltip);
  });
});

describe('a plan in the tree', () => {
  const plan = planView({ counts: counts({ total: 14, done: 3, proven: 2, running: 2 }) });

  it('counts what is done and what runs', () => {
    assert.equal(planRow(plan, 1).description, '3/14 · 2 running');
  });

  it('tells proven and accepted apart in whole words', () => {
    assert.match(planRow(plan, 1).spoken, /3 of 14 done, 2 proven, 1 accepted, 2 running/);
  });

  it('is open only when it is the only one', () => {
    assert.equal(planRow(plan, 1).children, 'expanded');
    assert.equal(planRow(plan, 2).children, 'collapsed');
  });

  it('names problems of its file with their lines, and how many more there are', () => {
    const problems = Array.from({ length: 7 }, (_, index) => {
      const file = index === 1 ? 'other.md' : 'demo.plan.md';
      return {
        rule: 'r',
        severity: 'error' as const,
        file,
        line: index + 1,
        message: `bad ${index}`,
      };
    });
    const { tooltip } = planRow(planView({ problems }), 1);
    assert.ok(tooltip.includes('Line 1\\: bad 0'), tooltip);
    assert.match(tooltip, /other.*md.*2.*bad 1/);
    assert.match(tooltip, /and 2 more/);
  });
});

describe('a gate in the tree', () => {
  it('can be decided only while it is open', () => {
    assert.ok(gateRow(gateView({ id: 'g', state: 'open' })).context.includes('decidable'));
    assert.ok(!gateRow(gateView({ id: 'g', state: 'waiting' })).context.includes('decidable'));
    assert.ok(gateRow(gateView({ id: 'g', state: 'rejected' })).context.includes('reopenable'));
  });
});

describe('the way a gate was decided', () => {
  const at = '2026-01-05T10:00:00.000Z';

  it('is told with who decided, when and why', () => {
    const decision = { decision: 'reject' as const, round: 1, reason: 'Too long.', criteria: [] };
    const gate = gateView({ id: 'g', decision: { ...decision, by: 'person:ada', at } });
    assert.match(gateRow(gate).tooltip, /rejected by ada, .*Too long/);
  });

  it('is taken back, and a gate is opened by hand, only where that can be', () => {
    const context = (values: Parameters<typeof gateView>[0]) => gateRow(gateView(values)).context;
    assert.ok(context({ id: 'g', trigger: 'manual' }).includes('openable'));
    assert.ok(!context({ id: 'g' }).includes('openable'));
    assert.ok(!context({ id: 'g', trigger: 'manual', state: 'open' }).includes('openable'));
  });
});

describe('a run in the tree', () => {
  it('never calls a completed run passed without a passed verdict', () => {
    const ended = { id: 'r', state: 'ended' as const, outcome: 'completed' as const };
    assert.match(runRow(runView({ ...ended, verdict: 'passed' })).description, /^passed/);
    assert.match(runRow(runView({ ...ended, verdict: null })).description, /^unverified/);
    assert.match(runRow(runView({ ...ended, verdict: 'partial' })).description, /^partly passed/);
  });

  it('shows duration and cost when it is over', () => {
    const run = runView({
      id: 'r',
      state: 'ended',
      outcome: 'completed',
      verdict: 'passed',
      startedAt: '2026-01-05T10:00:00.000Z',
      endedAt: '2026-01-05T10:02:05.000Z',
      costMicros: 1_250_000,
    });
    assert.equal(runRow(run).description, 'passed · 2 min 5 s · $1.25');
  });
});

describe('what needs a person', () => {
  it('offers the answers that the agent offers', () => {
    const options = [{ id: 'a', name: 'Allow', kind: 'allow_once' as const }];
    const { context } = needRow(needView({ id: 'p', kind: 'permission', options }));
    assert.ok(context.includes('allows'));
    assert.ok(!context.includes('rejects'));
  });

  it('acts on the gate, the request, or the run that failed', () => {
    const gate = needNode(needView({ id: 'g', kind: 'gate' }), null);
    const failed = needNode(
      needView({ id: 'id-T01', kind: 'attention', runId: 'r1' }),
      subtaskView({ key: 'T01' }),
    );
    assert.equal(gate.id, 'g');
    assert.deepEqual([failed.id, failed.key], ['r1', 'T01']);
    const asked = needView({ id: 'e', kind: 'escalation', runId: 'r1' });
    const escalation = needNode(asked, subtaskView({ key: 'T01' }));
    assert.deepEqual([escalation.id, escalation.key], ['e', 'T01']);
  });

  it('offers what can be done with it as it stands', () => {
    const words = (values: { kind: NeedView['kind']; state: string }) =>
      needRow(needView({ id: 'n', ...values })).context;
    assert.ok(words({ kind: 'gate', state: 'open' }).includes('decidable'));
    assert.ok(words({ kind: 'gate', state: 'rejected' }).includes('reopenable'));
    assert.ok(words({ kind: 'gate', state: 'waiting' }).includes('openable'));
    assert.ok(words({ kind: 'escalation', state: 'pending' }).includes('unseen'));
    assert.ok(!words({ kind: 'escalation', state: 'acknowledged' }).includes('unseen'));
    assert.ok(words({ kind: 'trigger', state: 'waiting' }).includes('trigger'));
  });
});

describe('text that is not ours', () => {
  it('is one line of literal Markdown', () => {
    assert.equal(escapeMarkdown('a\n# b'), 'a \\# b');
    assert.equal(escapeMarkdown('<b>&'), '&lt;b\\>&amp;');
  });

  it('shows no icons in quick picks', () => {
    assert.equal(escapeIcons('run $(trash)'), 'run \\$(trash)');
  });
});
