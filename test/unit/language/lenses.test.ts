import assert from 'node:assert/strict';
import { lensesOf } from '../../../src/language/lenses';
import {
  noOverlay,
  type GateOverlay,
  type LastRun,
  type PlanOverlay,
  type SubtaskOverlay,
} from '../../../src/language/overlay';
import { documentOf } from '../../support/cursor';

const now = Date.parse('2026-01-01T12:00:00.000Z');

const plan = `# Demo

## Set up
- [x] T01 Make the folder
- [ ] T02 Write the parser
  - depends: T01
- gate: Design approved

## Build
- [ ] T03 Write the printer
- [ ] T04 Write the linter
- [ ] T05 Write the guide
`;

function known(fields: Partial<SubtaskOverlay>): SubtaskOverlay {
  return {
    status: 'pending',
    proof: null,
    whyNotReady: [],
    lastRun: null,
    live: false,
    isPaused: false,
    canResume: false,
    ...fields,
  };
}

function ended(verdict: LastRun['verdict'], outcome: LastRun['outcome'], at: string): LastRun {
  return { id: `run-${at}`, state: 'ended', outcome, verdict, endedAt: `2026-01-01T${at}.000Z` };
}

function overlay(
  subtasks: Record<string, Partial<SubtaskOverlay>>,
  gates: Record<string, GateOverlay> = {},
  activity: PlanOverlay['activity'] = null,
): PlanOverlay {
  return {
    subtasks: new Map(Object.entries(subtasks).map(([key, fields]) => [key, known(fields)])),
    gates: new Map(Object.entries(gates)),
    activity,
  };
}

/** The lenses as an editor shows them: line by line, parted by `|`. */
function shown(over: PlanOverlay, text = plan): string {
  const lines = new Map<number, string[]>();
  for (const { range, title } of lensesOf(documentOf(text), over, now)) {
    const line = range.start.line + 1;
    lines.set(line, [...(lines.get(line) ?? []), title]);
  }
  return [...lines]
    .toSorted(([a], [b]) => a - b)
    .map(([line, titles]) => `${line}: ${titles.join(' | ')}`)
    .join('\n');
}

function golden(...lines: string[]): string {
  return lines.join('\n');
}

describe('lensesOf', () => {
  it('offers what the file alone allows before the engine has spoken', () => {
    assert.equal(
      shown(noOverlay),
      golden(
        '1: Run plan · 0/5 done · 1 claimed',
        '3: Run phase · 0/2 done · 1 claimed',
        '4: Run | Verify',
        '5: Run',
        '9: Run phase · 0/3 done',
        '10: Run',
        '11: Run',
        '12: Run',
      ),
    );
  });

  it('shows progress, runs, and the answers that an open gate takes', () => {
    const over = overlay(
      {
        T01: { status: 'done', proof: 'proven', lastRun: ended('passed', 'completed', '11:59:48') },
        T02: { status: 'done', proof: 'accepted' },
        T03: {
          status: 'in_progress',
          live: true,
          lastRun: { id: 'r', state: 'waiting', outcome: null, verdict: null, endedAt: null },
        },
        T04: { status: 'failed', lastRun: ended('failed', 'completed', '11:40:00') },
        T05: { status: 'needs_attention', lastRun: ended(null, 'over_budget', '09:00:00') },
      },
      { 'gate-design-approved': { id: 'g1', state: 'open' } },
    );
    assert.equal(
      shown(over),
      golden(
        '1: Run plan · 2/5 done · 1 running · 1 failed · 1 needs attention | Stop',
        '3: 2/2 done',
        '4: Verify | Show run · passed 12 s ago',
        '5: Verify',
        '7: Approve | Reject',
        '9: Run phase · 0/3 done · 1 running · 1 failed · 1 needs attention',
        '10: Pause | Stop | Show run · waiting',
        '11: Run again | Verify | Show run · failed 20 min ago',
        '12: Run again | Verify | Show run · over budget 3 h ago',
      ),
    );
  });

  it('lets a plan and a subtask stand still and go on', () => {
    const live = { status: 'in_progress', live: true } as const;
    const text = '# Demo\n\n- [ ] T01 One\n- [ ] T02 Two\n';
    const running = overlay({ T01: live, T02: { isPaused: true } }, {}, 'running');
    assert.equal(
      shown(running, text),
      golden('1: Run plan · 0/2 done · 1 running | Stop | Pause', '3: Pause | Stop', '4: Resume'),
    );
    const lastRun = {
      id: 'r',
      state: 'paused',
      outcome: null,
      verdict: null,
      endedAt: null,
    } as const;
    const paused = overlay({ T01: { ...live, lastRun } }, {}, 'paused');
    assert.equal(
      shown(paused, text),
      golden(
        '1: Run plan · 0/2 done · 1 paused | Stop | Resume',
        '3: Stop | Show run · paused',
        '4: Run',
      ),
    );
  });

  it('offers to continue a run that was cut off', () => {
    const text = '# Demo\n\n- [ ] T01 One\n';
    const cut = overlay({ T01: { status: 'needs_attention', canResume: true } });
    assert.match(shown(cut, text), /3: Continue \| Run again \| Verify/);
  });

  it('offers no decision on a gate that is not open', () => {
    for (const state of ['waiting', 'approved', 'rejected', 'overridden'] as const) {
      const over = overlay({}, { 'gate-design-approved': { id: 'g1', state } });
      assert.doesNotMatch(shown(over), /Approve|Reject/);
    }
  });

  it('offers nothing to run in a plan that is done, and nothing in one without subtasks', () => {
    const text = '# Demo\n\n- [ ] T01 One\n';
    const done = overlay({ T01: { status: 'done', proof: 'proven' } });
    assert.equal(shown(done, text), golden('1: 1/1 done', '3: Verify'));
    assert.equal(shown(noOverlay, '---\nrunsheet: 1\n---\n# Empty\n'), '');
  });

  it('offers nothing to run of what the file leaves out, and says why', () => {
    const text = '# Demo\n\n- [-] T01 One\n- [x] T02 Two\n';
    const said = golden('1: 1/1 done · 1 left out', '3: Left out: its mark is [-]', '4: Verify');
    assert.equal(shown(overlay({ T01: {}, T02: { status: 'done', proof: 'proven' } }), text), said);
    assert.match(shown(noOverlay, text), /^1: Run plan · 0\/1 done · 1 claimed · 1 left out$/m);
    const skipped = overlay({ T01: { status: 'skipped' } });
    assert.doesNotMatch(shown(skipped, text), /Left out/);
  });

  it('says of a file without a plan what it is', () => {
    const report =
      '---\nsubagent_type: a\nspecification_id: 7\n---\n# S\n\n- **Tasks Completed**: 2 out of 4\n';
    const [lens, ...others] = lensesOf(documentOf(report, 'report.md'), noOverlay, now);
    assert.equal(
      lens?.title,
      'Session report of the codebase-mcp format, no plan in it: 2 of 4 tasks claimed.',
    );
    assert.deepEqual([lens.target, others], [null, []]);
  });

  it('says by key or id what a click is about', () => {
    const over = overlay(
      { T01: { status: 'claimed', lastRun: ended('passed', 'completed', '11:59:48') } },
      { 'gate-design-approved': { id: 'g1', state: 'open' } },
    );
    const targets = lensesOf(documentOf(plan), over, now).map(({ target }) => target);
    assert.deepEqual(targets.slice(0, 5), [
      { action: 'runPlan' },
      { action: 'runPhase', key: 'set-up' },
      { action: 'runSubtask', key: 'T01' },
      { action: 'verifySubtask', key: 'T01' },
      { action: 'showRun', id: 'run-11:59:48' },
    ]);
    assert.deepEqual(targets.slice(-2), [
      { action: 'approveGate', id: 'g1' },
      { action: 'rejectGate', id: 'g1' },
    ]);
  });
});
