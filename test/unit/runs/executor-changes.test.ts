import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RunsheetError } from '../../../src/model/errors';
import { NodeFiles } from '../../../src/platform/files';
import { aborted, checkResult, completed, held } from '../../support/fake-agent';
import { settle } from '../../support/fake-clock';
import { fakeDefinition, person, planPath, RunsWorld } from '../../support/runs-world';
import { until } from '../../support/until';
import { withPlan, plan } from '../../support/carried-out-plan';

/** Files of which the plan's can be written only once a test lets it be. */
class SlowFiles extends NodeFiles {
  private readonly gate = held();
  private readonly start = held();
  readonly begun = this.start.opened;

  release(): void {
    this.gate.open();
  }

  override async write(path: string, bytes: Uint8Array): Promise<void> {
    if (path.endsWith(planPath)) {
      this.start.open();
      await this.gate.opened;
    }
    await super.write(path, bytes);
  }
}

describe('a plan that changes while it is carried out', () => {
  it('gets its new subtasks started', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await world.edit(plan({ T01: [], T02: [] }));
      await world.untilBegun('T02');
      hold.release();
      assert.equal((await world.ended(execution)).state, 'completed');
      assert.deepEqual(world.statuses(), ['T01 proven', 'T02 proven']);
    }));

  it('keeps what runs attached to a subtask whose id was changed', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await world.edit(
        plan({ T01: [], T02: ['depends: X-1'] }).replace('T01 Do T01', 'X-1 Do T01'),
      );
      hold.release();
      assert.equal((await world.ended(execution)).state, 'completed');
      assert.deepEqual(world.statuses(), ['X-1 proven', 'T02 proven']);
      assert.match(await world.read(), /\[x\] X-1/);
    }));

  it('is carried out only when the file says so, whoever asked for it', async () => {
    const slow = new SlowFiles();
    await RunsWorld.with(
      { [planPath]: plan({ T01: [] }) },
      async (world) => {
        const hold = world.agent.hold('T01');
        const first = await world.start();
        await world.untilBegun('T01');
        const second = await world.start();
        hold.release();
        await slow.begun;
        await world.settled(() => world.subtask('T01').status === 'done');
        await world.room.state.settled();
        assert.deepEqual(
          [first, second].map((row) => world.execution(row).ended_at),
          [null, null],
        );
        slow.release();
        assert.equal((await world.ended(second)).state, 'completed');
        assert.equal((await world.ended(first)).state, 'completed');
        assert.match(await world.read(), /\[x\] T01/);
      },
      { files: slow },
    );
  });

  it('lets a run end whose subtask was removed', () =>
    withPlan(plan({ T01: [], T02: [] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await world.edit(plan({ T02: [] }));
      hold.release();
      await world.ended(execution);
      assert.deepEqual(world.room.state.liveRuns(), []);
      await world.edit(plan({ T01: [], T02: [] }));
      assert.deepEqual(world.statuses(), ['T01 proven', 'T02 proven']);
    }));

  it('keeps to its last reading while the file is broken, and nothing new is started by a person', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await world.edit('');
      assert.notEqual(world.plan().entry.problems.length, 0);
      await assert.rejects(world.start(), (error) => RunsheetError.is(error, 'validation'));
      hold.release();
      assert.equal((await world.ended(execution)).state, 'completed');
    }));

  it('waits while a check is not understood: nothing passes without it', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      const broken = plan({ T01: [], T02: ['depends: T01', 'check (weight many): npm run e2e'] });
      await world.edit(broken);
      hold.release();
      assert.match(await world.waits(execution), /demo\.plan\.md:\d+: .*is not understood/);
      // Nor does it go on when the file cannot be read at all.
      await world.edit('');
      await world.settled(() => world.plan().entry.problems.length > 0);
      assert.deepEqual(world.agent.begun, ['T01']);
      await world.edit(broken.replace(' (weight many)', ''));
      await until(() => world.execution(execution).ended_at !== null);
      assert.match(world.subtask('T02').status_reason ?? '', /Nobody has approved|checks passed/);
    }));

  it('ends with a sentence when its file is gone', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await rm(join(world.workspace, planPath));
      await world.room.library.refresh(planPath);
      hold.release();
      const { state, message } = await world.ended(execution);
      assert.equal(state, 'failed');
      assert.match(message ?? '', /not in the workspace any more/);
    }));

  it('runs no command that nobody approved', () => {
    const text = (command: string) =>
      plan({ T01: [], T02: ['depends: T01', `run: ${command}`] }, '---\nagent: fake\n---\n\n');
    return withPlan(text('echo good'), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start({ agent: null });
      await world.untilBegun('T01');
      await world.edit(text('echo evil'));
      hold.release();
      assert.equal((await world.ended(execution)).state, 'failed');
      assert.deepEqual(world.agent.begun, ['T01']);
      assert.match(world.subtask('T02').status_reason ?? '', /Nobody has approved.*echo evil/);
    });
  });
});

describe('settings that change while a plan is carried out', () => {
  const other = { ...fakeDefinition, key: 'other', displayName: 'Other' };
  const agents = [fakeDefinition, other].map((definition) => {
    return { definition, installed: true, version: '1' };
  });

  it('leave an agent in trouble alone, whoever they name by now', () =>
    RunsWorld.with(
      { [planPath]: plan({ T01: [] }), 'runsheet.yml': 'agent: fake\n' },
      async (world) => {
        const message = 'You have hit your limit.';
        world.agent.script('T01', async () => {
          return { kind: 'failed', code: 'rate_limit', message, exitCode: null };
        });
        const execution = await world.start({ agent: null });
        await world.waits(execution);
        await world.write('runsheet.yml', 'agent: other\n');
        const { planId } = world.plan().entry;
        const scope = { planId, subtasks: null, phases: null, agent: null };
        await world.room.service.preview(scope);
        let looks = 0;
        const { health } = world.room;
        const problemOf = health.problemOf.bind(health);
        health.problemOf = (key) => {
          looks += 1;
          return problemOf(key);
        };
        await world.room.pauses.resume(scope, '', person);
        for (let turn = 0; turn < 50; turn += 1) await settle();
        assert.ok(looks < 20, `it was tried again and again: ${looks} looks`);
        world.agent.script('T01', async () => completed);
        await world.clock.pass(3_600_000);
        assert.equal((await world.ended(execution)).state, 'completed');
        assert.equal(world.run('T01').agent_key, 'fake');
      },
      { agents },
    ));
});

describe('a run that a person stops', () => {
  it('is not started again by another execution of its plan', () =>
    withPlan(plan({ T01: [], T02: [] }), async (world) => {
      const holds = ['T01', 'T02'].map((key) => world.agent.hold(key));
      const whole = await world.start({ workers: 1 });
      await world.untilBegun('T01');
      const named = await world.start({ subtasks: ['T02'] });
      await world.untilBegun('T02');
      await world.room.service.stop({ runId: world.run('T02').id }, person);
      holds[0]?.release();
      await world.ended(named);
      await world.ended(whole);
      assert.deepEqual(world.agent.begun, ['T01', 'T02']);
      assert.deepEqual(world.statuses(), ['T01 proven', 'T02 pending']);
    }));

  it('is not started again by the next engine', () =>
    withPlan(plan({ T01: [], T02: [], T03: ['depends: T02'] }), async (world) => {
      for (const key of ['T01', 'T02']) world.agent.hold(key);
      const execution = await world.start();
      await world.untilBegun('T01', 'T02');
      await world.settled(() => world.run('T01').state === 'running');
      await world.room.service.stop({ runId: world.run('T01').id }, person);
      await world.settled(() => world.subtask('T01').status === 'pending');
      await world.startEngine();
      for (const key of ['T01', 'T02']) world.agent.script(key, async () => completed);
      await world.decide('T02', 'accept');
      await world.room.service.resume();
      await world.ended(execution);
      assert.deepEqual(world.statuses(), ['T01 pending', 'T02 accepted', 'T03 proven']);
    }));
});

describe('what cannot be started', () => {
  it('says so when its agent is not known any more', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      world.agents = [];
      hold.release();
      const { state, message } = await world.ended(execution);
      assert.equal(state, 'failed');
      assert.match(message ?? '', /There is no agent "fake" any more/);
      assert.deepEqual(world.agent.begun, ['T01']);
    }));
});

describe('after the death of an engine', () => {
  it('goes on with what was begun, once a person is there', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      world.agent.script('T01', async (_task, _host, signal) => {
        await aborted(signal);
        return { kind: 'cancelled' };
      });
      const execution = await world.start({ agent: 'fake', workers: 1 });
      await world.untilBegun('T01');
      await world.room.state.settled();
      const { id } = world.run('T01');
      await world.startEngine();
      assert.deepEqual(world.stoppedLeftovers, [id]);
      assert.deepEqual(world.run('T01').outcome, 'interrupted');
      // An agent had the prompt already, so it is not sent again without a word.
      assert.deepEqual(world.statuses(), ['T01 needs_attention', 'T02 pending']);
      await world.decide('T01', 'accept', 'What it left is good.');
      await world.room.service.resume();
      const { state } = await world.ended(execution);
      assert.equal(state, 'completed');
      assert.deepEqual(world.statuses(), ['T01 accepted', 'T02 proven']);
    }));

  it('starts again what had no prompt yet, and counts no attempt', () =>
    withPlan(plan({ T01: [] }, '---\nsetup: npm ci\n---\n\n'), async (world) => {
      const arrived = held();
      world.checks.answer = async (_validator, { signal }) => {
        arrived.open();
        await aborted(signal);
        return checkResult('skipped');
      };
      const execution = await world.start();
      await arrived.opened;
      world.checks.byCommand({});
      await world.startEngine();
      assert.deepEqual(world.statuses(), ['T01 pending']);
      await world.room.service.resume();
      assert.equal((await world.ended(execution)).state, 'completed');
      assert.equal(world.run('T01').attempt, 2);
      assert.equal(world.plan().attempts.get(world.subtask('T01').id)?.used, 1);
    }));
});
