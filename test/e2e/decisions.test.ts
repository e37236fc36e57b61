import assert from 'node:assert/strict';
import { confirmCheck, listVerifications } from '../../src/protocol/check-messages.js';
import { decideEscalation, rejectSubtask } from '../../src/protocol/decision-messages.js';
import { decideGate } from '../../src/protocol/gate-messages.js';
import { approveCommands, previewRun, verifySubtask } from '../../src/protocol/messages.js';
import {
  deltaSchema,
  type CheckView,
  type NeedView,
  type VerificationView,
} from '../../src/protocol/views.js';
import {
  cleanWorktrees,
  listWorktrees,
  type WorktreeView,
} from '../../src/protocol/worktree-messages.js';
import { counts, gateView, planView, subtaskView } from '../support/views.js';
import { scriptedWorkbench } from './scripted-workbench.js';

const hash = 'a'.repeat(64);
const plan = planView({
  path: 'PLAN.md',
  title: 'Decided',
  counts: counts({ total: 1, needsAttention: 1 }),
  gates: [gateView({ id: 'gate', title: 'Release?', state: 'open', round: 3 })],
});
const subtask = subtaskView({
  key: 'T01',
  title: 'Write a file',
  status: 'needs_attention',
  checks: ['npm test', 'Look at it.'],
});
const need: Omit<NeedView, 'id' | 'kind' | 'title' | 'state'> = {
  ...{ planId: 'plan', subtaskId: null, runId: null, detail: 'Rejected three times.' },
  ...{ options: [], since: '2026-01-01T00:00:00.000Z' },
};
const needs: NeedView[] = [
  { ...need, id: 'gate', kind: 'gate', title: 'Release?', state: 'open' },
  { ...need, id: 'escalation', kind: 'escalation', title: 'T01: Too often', state: 'pending' },
];

const agent = {
  ...{ key: 'command', displayName: 'Command', version: null, installed: true },
  ...{ state: 'ok', reason: null, failures: 0, retryAt: null },
};
const preview = {
  ...{ subtasks: ['T01'], agent, claims: [], branch: 'main', dirtyPaths: [] },
  baseCommit: 'a'.repeat(40),
};
const command = { hash, command: 'npm test', workingDirectory: '.', usedBy: ['T01'] };

function check(id: string, type: string, message: string): CheckView {
  return {
    ...{ ordinal: 0, id, type, label: id, required: false, outcome: 'skipped', message },
    ...{ exitCode: null, command: null, tail: null, durationMs: null, artifactId: null },
  };
}

function verification(id: string, checks: CheckView[]): VerificationView {
  return {
    ...{ id, runId: null, tree: 'merged', commit: null, treeHash: null, stale: false },
    ...{ dirty: false, state: 'ended', verdict: 'unverified', score: null, message: null },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', endedAt: null, checks },
  };
}

function worktree(id: string, lost: WorktreeView['lost']): WorktreeView {
  return {
    ...{ id, kind: 'run', state: lost === null ? 'merged' : 'work', path: `/w/${id}` },
    ...{ branch: null, bytes: 1_000_000, planId: null, planPath: null, subtaskKey: null },
    ...{ runId: null, text: 'What it is.', lost },
  };
}
const lost = {
  ...{ uncommitted: ['only-here.txt'], uncommittedCount: 1, unmergedCount: 1, digest: 'exactly' },
  unmerged: [{ commit: 'c'.repeat(40), subject: 'Work that is nowhere else' }],
};

describe('what a person decides in the window', () => {
  const scripted = scriptedWorkbench(
    'decisions',
    deltaSchema.parse({ plans: [plan], subtasks: [subtask], needs }),
  );
  const dialog = () => scripted().workbench.page.locator('.monaco-dialog-box');
  const button = (name: string) => dialog().getByRole('button', { name });

  /** What was asked with this method, once it was. */
  async function asked(method: string): Promise<unknown[]> {
    const { engine, workbench } = scripted();
    for (;;) {
      const found = engine.asked.filter((one) => one.method === method);
      if (found.length > 0) return found.map(({ params }) => params);
      await workbench.page.waitForTimeout(50);
    }
  }

  async function run(title: string): Promise<void> {
    const { workbench, engine } = scripted();
    engine.asked.length = 0;
    await workbench.runCommand(`Runsheet: ${title}`);
  }

  async function type(text: string): Promise<void> {
    const { quickInput } = scripted().workbench;
    await quickInput.fill(text);
    await quickInput.press('Enter');
  }

  beforeEach(() => {
    const { engine } = scripted();
    engine.on(previewRun.method, () => ({
      ...preview,
      commands: [{ ...command, approved: true }],
    }));
    engine.on(approveCommands.method, () => ({ approved: 1 }));
    engine.on(verifySubtask.method, () => {
      return { verificationId: 'v', verdict: 'failed', message: 'npm test ended with 1.' };
    });
    engine.on(confirmCheck.method, () => ({}));
  });

  it('shows the commands of checks before they run again, and runs none that is not allowed', async () => {
    const { workbench, engine } = scripted();
    engine.on(previewRun.method, () => ({
      ...preview,
      commands: [{ ...command, approved: false }],
    }));
    await run('Verify Subtask Again');
    await workbench.pick('T01');
    await dialog().filter({ hasText: 'npm test' }).waitFor();
    await workbench.screenshot('approval');
    await button('Cancel').click();
    assert.deepEqual(
      engine.asked.filter(({ method }) => method === verifySubtask.method),
      [],
    );
    await run('Verify Subtask Again');
    await workbench.pick('T01');
    await button('Approve and Run').click();
    assert.deepEqual(await asked(verifySubtask.method), [{ planId: 'plan', key: 'T01' }]);
    assert.deepEqual(await asked(approveCommands.method), [{ planId: 'plan', hashes: [hash] }]);
    await workbench.notification('npm test ended with 1.').waitFor();
  });

  it('runs one check alone', async () => {
    const { workbench } = scripted();
    await run('Run One Check Again…');
    await workbench.pick('T01');
    await workbench.pick('npm test');
    const wish = { planId: 'plan', key: 'T01', check: 'npm test' };
    assert.deepEqual(await asked(verifySubtask.method), [wish]);
  });

  it('asks what no program can find out, although another check was run alone since', async () => {
    const { workbench, engine } = scripted();
    engine.on(listVerifications.method, () => ({
      verifications: [
        verification('newest', [check('check-1', 'test_pass', '')]),
        verification('whole', [check('look', 'manual', 'Waits for a word: Look at it.')]),
      ],
    }));
    await run('Answer Manual Check…');
    await workbench.pick('T01');
    await workbench.page.getByText('Waits for a word: Look at it.').waitFor();
    await workbench.screenshot('manual-check');
    await workbench.pick('It is not so');
    await type('It is crooked.');
    assert.deepEqual(await asked(confirmCheck.method), [
      { planId: 'plan', key: 'T01', check: 'look', holds: false, note: 'It is crooked.' },
    ]);
    await asked(verifySubtask.method);
  });

  it('deletes worktrees, and work that is nowhere else only after naming it', async () => {
    const { workbench, engine } = scripted();
    engine.on(listWorktrees.method, () => ({
      worktrees: [worktree('runs/merged', null), worktree('runs/work', lost)],
      artifacts: { files: 0, bytes: 0 },
    }));
    engine.on(cleanWorktrees.method, () => {
      return {
        removed: [worktree('runs/merged', null)],
        kept: [],
        artifacts: { files: 0, bytes: 0 },
      };
    });
    // Of many notifications only a few are seen.
    await workbench.runCommand('Notifications: Clear All Notifications');
    await run('Reclaim Disk Space…');
    await workbench.page.getByText('runs/merged').first().waitFor();
    await workbench.screenshot('disk-space');
    await workbench.quickInput.press('Enter');
    const [first] = await asked(cleanWorktrees.method);
    assert.deepEqual(first, { allMerged: false, discard: [{ id: 'runs/merged', digest: null }] });
    await workbench.notification('reclaimed').waitFor();

    await run('Reclaim Disk Space…');
    await workbench.pick('runs/work');
    await workbench.quickInput.press('Enter');
    await dialog().filter({ hasText: 'only-here.txt' }).waitFor();
    await dialog().filter({ hasText: 'Work that is nowhere else' }).waitFor();
    await workbench.screenshot('lost-work');
    await button('Cancel').click();
    await run('Reclaim Disk Space…');
    assert.deepEqual(
      engine.asked.filter(({ method }) => method === cleanWorktrees.method),
      [],
    );
    await workbench.pick('runs/work');
    await workbench.quickInput.press('Enter');
    await button('Delete It').click();
    const [second] = await asked(cleanWorktrees.method);
    assert.deepEqual(second, {
      allMerged: false,
      discard: [
        { id: 'runs/merged', digest: null },
        { id: 'runs/work', digest: 'exactly' },
      ],
    });
  });

  it('sends work back with a type and a reason', async () => {
    const { workbench, engine } = scripted();
    engine.on(rejectSubtask.method, () => ({
      ...{ rejectionId: 'r', round: 1, routedTo: 'same_run', status: 'pending' },
      ...{ escalationId: null, notStarted: null },
    }));
    await run('Reject Subtask…');
    await workbench.pick('T01');
    await workbench.pick('clarity');
    await type('Say what it is for.');
    assert.deepEqual(await asked(rejectSubtask.method), [
      { planId: 'plan', key: 'T01', type: 'clarity', reason: 'Say what it is for.' },
    ]);
  });

  it('rejects a gate in the round that was shown, with the subtasks that it is about', async () => {
    const { workbench, engine } = scripted();
    engine.on(decideGate.method, () => plan.gates[0]);
    const row = workbench.row(/^Release\?/).first();
    await row.hover();
    engine.asked.length = 0;
    await row.getByRole('button', { name: 'Reject Gate…' }).click();
    await type('The notes are missing.');
    await workbench.pick('T01 Write a file');
    await workbench.quickInput.press('Enter');
    await workbench.pick('scope');
    assert.deepEqual(await asked(decideGate.method), [
      {
        ...{ gateId: 'gate', decision: 'reject', reason: 'The notes are missing.', round: 3 },
        ...{ subtasks: ['T01'], type: 'scope' },
      },
    ]);
  });

  it('settles an escalation, with another try', async () => {
    const { workbench, engine } = scripted();
    engine.on(decideEscalation.method, () => {
      throw new Error('the answer does not matter here');
    });
    const row = workbench.row(/T01: Too often/).first();
    await row.hover();
    engine.asked.length = 0;
    await row.getByRole('button', { name: 'Resolve Escalation…' }).click();
    await workbench.pick('Try it again');
    await type('Use the shorter form.');
    assert.deepEqual(await asked(decideEscalation.method), [
      {
        ...{ id: 'escalation', decision: 'resolve', again: true },
        resolution: 'Use the shorter form.',
      },
    ]);
  });
});
