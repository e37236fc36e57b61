import assert from 'node:assert/strict';
import { artifacts, events } from '../../../src/store/repositories/events';
import { checkResult } from '../../support/fake-agent';
import { attempts, endOf, withPlan } from '../../support/one-run';
import type { RunsWorld } from '../../support/runs-world';

const plan = `---
runsheet: 1
setup: npm ci
retry: fixed 3 0s
---

- [ ] T01 Build it
  - check: npm test
`;

/** The set-up ends as told; everything else passes. */
function settingUp(
  world: RunsWorld,
  how: { outcome: 'failed' | 'skipped'; output: string } | null,
) {
  world.checks.answer = async ({ id }) => {
    if (id !== 'setup' || how === null) return checkResult('passed');
    return {
      ...checkResult(how.outcome, '"npm ci" ended with 1, expected 0.'),
      output: how.output,
    };
  };
}

async function setUpEvents(world: RunsWorld) {
  const { id: runId } = world.run('T01');
  const told = await world.store.query(events.page, { runId, after: 0, limit: 100 });
  return told.filter(({ event_type: type }) => type === 'setup');
}

describe('the set-up command of a worktree', () => {
  it('that fails is told as such: no attempt, no retry, the end of its output for a person', () =>
    withPlan(async (world) => {
      settingUp(world, { outcome: 'failed', output: `${'x'.repeat(9000)}\nnpm ERR! no network\n` });
      await world.carryOut();
      const { outcome, code, status, reason } = endOf(world);
      assert.deepEqual([outcome, code, status], ['failed', 'setup', 'needs_attention']);
      assert.match(reason, /^The set-up command failed: "npm ci" ended with 1/);
      assert.match(reason, /npm ERR! no network$/);
      assert.equal(attempts(world), 0);
      assert.deepEqual(world.agent.tasks, []);
      assert.equal(world.room.state.runs.size, 1);
    }, plan));

  it('keeps what it printed', () =>
    withPlan(async (world) => {
      const output = `${'installing\n'.repeat(1000)}failed`;
      settingUp(world, { outcome: 'failed', output });
      await world.carryOut();
      const [kept] = await world.store.query(artifacts.ofRun, world.run('T01').id);
      assert.equal(await world.room.recorder.read(kept?.id ?? ''), output);
      const [told] = await setUpEvents(world);
      assert.ok(JSON.stringify(told?.payload).includes(kept?.id ?? 'none'));
    }, plan));

  it('that nobody has approved was not run, and says so', () =>
    withPlan(async (world) => {
      settingUp(world, { outcome: 'skipped', output: '' });
      await world.carryOut();
      assert.match(endOf(world).reason, /^The set-up command was not run: /);
    }, plan));

  it('that failed is run again when a person lets the run go on, and then the agent works', () =>
    withPlan(async (world) => {
      settingUp(world, { outcome: 'failed', output: '' });
      await world.carryOut();
      settingUp(world, null);
      await world.decide('T01', 'resume');
      await world.settled(() => world.subtask('T01').status === 'done');
      assert.equal((await setUpEvents(world)).length, 2, 'in the worktree, and on the merged tree');
      assert.equal(world.agent.tasks.length, 1);
    }, plan));

  it('that fails on the merged tree merges nothing', () =>
    withPlan(async (world) => {
      let ran = 0;
      world.checks.answer = async ({ id }) =>
        checkResult(id === 'setup' && ++ran === 2 ? 'failed' : 'passed', 'No.');
      await world.carryOut();
      const { code, status } = endOf(world);
      assert.deepEqual([code, status], ['setup', 'needs_attention']);
      assert.deepEqual(world.repository.branch.merged, []);
    }, plan));
});
