import assert from 'node:assert/strict';
import { approveCommands, listAgents, previewRun, startRun } from '../../src/protocol/messages.js';
import { deltaSchema } from '../../src/protocol/views.js';
import { FakeEngine } from '../support/fake-engine.js';
import { counts, planView, subtaskView } from '../support/views.js';
import { scriptedWorkbench } from './scripted-workbench.js';

const plan = planView({ path: 'PLAN.md', title: 'Refused', counts: counts({ total: 1 }) });
const agent = {
  key: 'claude',
  displayName: 'Claude',
  version: '2.1.0',
  installed: true,
  state: 'ok' as const,
  reason: null,
  failures: 0,
  retryAt: null,
};
const preview = {
  subtasks: ['T01'],
  commands: [],
  agent,
  claims: [],
  branch: 'main',
  baseCommit: 'a'.repeat(40),
  dirtyPaths: [],
};

describe('a run that cannot simply start', () => {
  const scripted = scriptedWorkbench(
    'refusals',
    deltaSchema.parse({ plans: [plan], subtasks: [subtaskView({ key: 'T01' })] }),
  );
  const dialog = () => scripted().workbench.page.locator('.monaco-dialog-box');
  const button = (name: string | RegExp) => dialog().getByRole('button', { name });

  async function runPlan(): Promise<void> {
    const { workbench, engine } = scripted();
    engine.asked.length = 0;
    const row = workbench.row(/Refused/).first();
    await row.hover();
    await row.getByRole('button', { name: 'Run Plan' }).click();
  }

  const started = () =>
    scripted()
      .engine.asked.filter(({ method }) => method === startRun.method)
      .map(({ params }) => params);

  async function untilStarted(): Promise<void> {
    while (started().length === 0) await scripted().workbench.page.waitForTimeout(50);
  }

  beforeEach(() => {
    const { engine } = scripted();
    engine.on(previewRun.method, () => preview);
    engine.on(startRun.method, () => ({ executionId: 'x' }));
    engine.on(approveCommands.method, () => ({ approved: 1 }));
    engine.on(listAgents.method, () => ({ agents: [agent] }));
  });

  it('names the changes of a dirty checkout, and runs without them when told to', async () => {
    const { workbench, engine } = scripted();
    engine.on(previewRun.method, () => ({ ...preview, dirtyPaths: ['src/a.ts', 'src/b.ts'] }));
    await runPlan();
    await dialog().filter({ hasText: 'src/b.ts' }).waitFor();
    await workbench.screenshot('dirty');
    await button('Cancel').click();
    assert.deepEqual(started(), []);
    await runPlan();
    await button('Run Without Them').click();
    await untilStarted();
    assert.deepEqual(started(), [{ planId: 'plan', acceptClaims: false, allowDirty: true }]);
  });

  it('asks again when the checkout got dirty in the meantime', async () => {
    const { engine } = scripted();
    let first = true;
    engine.on(startRun.method, () => {
      if (!first) return { executionId: 'x' };
      first = false;
      throw FakeEngine.refusal('dirty_tree', 'The checkout has changes.', { paths: ['late.ts'] });
    });
    await runPlan();
    await dialog().filter({ hasText: 'late.ts' }).waitFor();
    await button('Run Without Them').click();
    while (started().length < 2) await scripted().workbench.page.waitForTimeout(50);
  });

  it('asks whether ticks in the file are checked or accepted', async () => {
    const { workbench, engine } = scripted();
    engine.on(previewRun.method, () => ({ ...preview, claims: ['T01'] }));
    await runPlan();
    await workbench.pick('Accept them as done');
    await untilStarted();
    assert.deepEqual(started(), [{ planId: 'plan', acceptClaims: true, allowDirty: false }]);
  });

  it('offers to choose another agent when one is missing', async () => {
    const { workbench, engine } = scripted();
    let asked = 0;
    engine.on(previewRun.method, () => {
      asked += 1;
      return asked === 1 ? { ...preview, agent: { ...agent, installed: false } } : preview;
    });
    await runPlan();
    await dialog().filter({ hasText: 'The agent Claude is not installed.' }).waitFor();
    await button('Choose Agent…').click();
    await workbench.screenshot('agents');
    await workbench.pick('Claude');
    await untilStarted();
    assert.deepEqual(started(), [
      { planId: 'plan', acceptClaims: false, allowDirty: false, agent: 'claude' },
    ]);
  });

  it('offers to make the folder a repository', async () => {
    const { workbench, engine } = scripted();
    engine.on(previewRun.method, () => {
      throw FakeEngine.refusal('not_a_repository', 'This folder is no git repository.');
    });
    await runPlan();
    const toast = workbench.notification('This folder is no git repository.');
    await toast.getByRole('button', { name: 'Initialize Repository' }).waitFor();
    await workbench.screenshot('no-repository');
  });
});
