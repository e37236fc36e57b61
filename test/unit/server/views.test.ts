import assert from 'node:assert/strict';
import type { ExecutionView } from '../../../src/protocol/views';
import { needViews } from '../../../src/server/needs';
import { SubtaskViews } from '../../../src/server/subtask-views';
import { executionView, planView } from '../../../src/server/views';
import type { ExecutionRow } from '../../../src/store/repositories/executions';
import { held, question } from '../../support/fake-agent';
import { person, planPath, RunsWorld } from '../../support/runs-world';
import { until } from '../../support/until';

const withPlan = (text: string, work: (world: RunsWorld) => Promise<void>): Promise<void> =>
  RunsWorld.with({ [planPath]: text }, work);

function viewsOf(world: RunsWorld) {
  const plan = world.plan();
  const views = new SubtaskViews(
    plan,
    world.room.state,
    world.room.conditions,
    world.clock.now(),
    [],
    world.room.proofAges,
  );
  return [...plan.subtasks.values()].map((row) => views.view(row));
}

function whyNotReady(world: RunsWorld): string[] {
  return viewsOf(world).map(({ key, whyNotReady: reasons }) => `${key}: ${reasons.join(' ')}`);
}

function view(world: RunsWorld, row: ExecutionRow): ExecutionView {
  return executionView(world.execution(row), world.room.state);
}

describe('why a subtask is not running', () => {
  it('is said in sentences with the names of the plan', () =>
    withPlan(
      `## First

- [ ] T01 Work
- [ ] T02 Needs T01
  - depends: T01, T99
- gate: Look first

## Second

- [ ] T03 Later
`,
      async (world) => {
        assert.deepEqual(whyNotReady(world), [
          'T01: ',
          'T02: It waits for T01, which is pending. It depends on T99, which is not in the plan.',
          'T03: Its phase waits for phase First, which has 2 open subtasks. The gate Look first is closed.',
        ]);
      },
    ));

  it('is nothing while it runs, and the file that another one works on', () =>
    withPlan(
      '- [ ] T01 A\n  - files: src/a.ts\n- [ ] T02 B\n  - files: src/a.ts\n',
      async (world) => {
        const hold = world.agent.hold('T01');
        const execution = await world.start({ subtasks: ['T01'] });
        await world.untilBegun('T01');
        await world.room.state.settled();
        assert.deepEqual(whyNotReady(world), ['T01: ', 'T02: T01 is working on src/a.ts.']);
        hold.release();
        await world.ended(execution);
      },
    ));

  it('is that its attempts are used up', () =>
    withPlan('- [ ] T01 A\n  - check: npm test\n', async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        await world.carryOut({ subtasks: ['T01'] });
      }
      world.store.connection.run("UPDATE subtasks SET status = 'pending', proof = NULL");
      await world.startEngine();
      assert.deepEqual(whyNotReady(world), [
        'T01: It has used 3 of its 3 attempts. It was escalated and waits for a person.',
      ]);
    }));
});

describe('an execution', () => {
  const gated = `- [ ] T01 A
  - check: npm test
  - gate: Look
- [ ] T02 B
  - check: npm test
  - depends: T01
- [ ] T03 C
  - check: npm test
- [ ] T04 D
  - check: npm test
  - depends: T03
`;

  it('waits for a person at an open gate when nothing else goes on', () =>
    withPlan(gated, async (world) => {
      const hold = world.agent.hold('T04');
      const execution = await world.start();
      await world.untilBegun('T04');
      await world.settled(() => world.plan().gates[0]?.state === 'open');
      assert.equal(view(world, execution).waitsForPerson, false);
      hold.release();
      await world.waits(execution);
      await until(() => view(world, execution).waitsForPerson, 'the wait');
      const id = world.plan().gates[0]?.id ?? '';
      await world.room.gatekeeper.decide(id, 'approve', '', person);
      await world.ended(execution);
      assert.equal(view(world, execution).waitsForPerson, false);
    }));

  it('waits for nobody between one run and the next, although a gate is open', () =>
    withPlan(
      `${gated}- [ ] T05 E
  - check: npm test
  - gate: Second look
- [ ] T06 F
  - check: npm test
  - depends: T05
- [ ] T07 G
  - check: npm test
  - depends: T02
`,
      async (world) => {
        const execution = await world.start({ workers: 1 });
        await world.waits(execution);
        const last = world.agent.hold('T07');
        const [first] = world.plan().gates;
        await world.room.gatekeeper.decide(first?.id ?? '', 'approve', '', person);
        await world.untilBegun('T02');
        await world.room.state.settled();
        const waited: boolean[] = [];
        using _listening = world.room.state.onUpdate(() =>
          waited.push(view(world, execution).waitsForPerson),
        );
        await world.untilBegun('T07');
        assert(waited.length > 3);
        assert(!waited.includes(true));
        last.release();
        await world.settled(() => view(world, execution).waitsForPerson);
        assert.match(world.execution(execution).message ?? '', /Second look/);
      },
    ));

  it('waits for a person while its only run asks for permission', () =>
    withPlan(gated, async (world) => {
      const asked = held();
      world.agent.script('T01', async (_task, host, signal) => {
        asked.open();
        await host.onPermission(question(), signal);
        return { kind: 'cancelled' };
      });
      const execution = await world.start({ subtasks: ['T01'] });
      await asked.opened;
      await until(() => view(world, execution).waitsForPerson, 'the wait');
      assert.deepEqual(
        needViews(world.room.state, world.room.desks.open).map(({ kind, title, detail }) => [
          kind,
          title,
          detail,
        ]),
        [['permission', 'May I?', 'A']],
      );
      await world.room.service.stop({}, person);
    }));
});

describe('what needs a person', () => {
  it('are open gates, and what failed, with the reason', () =>
    withPlan('- [ ] T01 A\n  - check: npm test\n- [ ] T02 B\n', async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      assert.deepEqual(
        needViews(world.room.state, world.room.desks.open).map(({ kind, title, detail, runId }) => [
          kind,
          title,
          detail,
          runId,
        ]),
        [
          ['attention', 'T01: A', 'npm test failed.', world.run('T01').id],
          [
            'attention',
            'T02: B',
            'It has no checks, so nothing could prove it.',
            world.run('T02').id,
          ],
        ],
      );
    }));

  it('is nothing for a plan on which all is well', () =>
    withPlan('- [ ] T01 A\n', async (world) => {
      assert.deepEqual(needViews(world.room.state, world.room.desks.open), []);
    }));
});

describe('a plan', () => {
  it('is shown with counts by phase, claims apart from proofs', () =>
    withPlan(
      '## First\n\n- [x] T01 A\n- [ ] T02 B\n  - check: npm test\n\n## Second\n\n- [ ] T03 C\n',
      async (world) => {
        world.checks.byCommand({});
        await world.carryOut({ subtasks: ['T02'], acceptClaims: false });
        const shown = planView(world.plan(), world.room.state, world.clock.now());
        assert.deepEqual(
          [shown.counts.total, shown.counts.done, shown.counts.proven, shown.counts.claimed],
          [3, 1, 1, 1],
        );
        assert.deepEqual(
          shown.phases.map(({ title, status, line, counts }) => [
            title,
            status,
            line,
            counts.total,
          ]),
          [
            ['First', 'in_progress', 1, 2],
            ['Second', 'pending', 7, 1],
          ],
        );
        assert.equal(shown.workBranch, world.repository.branch.branch);
      },
    ));

  it('tells what will prove a subtask', () =>
    withPlan(
      `---
checks:
  - npm run lint
---

- [ ] T01 A
  - check: exists a.ts
  - check: forbid /TODO/
`,
      async (world) => {
        assert.deepEqual(viewsOf(world)[0]?.checks, [
          'exists a.ts',
          'forbid /TODO/',
          'npm run lint',
        ]);
      },
    ));
});
