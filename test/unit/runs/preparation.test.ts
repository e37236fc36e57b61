import assert from 'node:assert/strict';
import { RunsheetError, type ErrorCode } from '../../../src/model/errors';
import { approvalHash } from '../../../src/runs/approvals';
import type { RunRequest } from '../../../src/runs/preparation';
import type { StartRequest } from '../../../src/runs/run-service';
import { approvals } from '../../../src/store/repositories/approvals';
import { person, planPath, RunsWorld } from '../../support/runs-world';

const text = `---
setup: npm ci
checks:
  - npm run lint
---

- [ ] T01 Work
  - check: npm test
- [ ] T02 Script
  - run: ./build.sh
- gate: Look
  - criterion-check: npm run smoke
`;

const withPlan = (work: (world: RunsWorld) => Promise<void>, plan = text): Promise<void> =>
  RunsWorld.with({ [planPath]: plan }, work);

function request(world: RunsWorld, values: Partial<StartRequest> = {}): StartRequest {
  return {
    ...{ planId: world.plan().entry.planId, subtasks: null, phases: null, agent: 'fake' },
    ...{ workers: null, acceptClaims: false, allowDirty: false },
    ...values,
  };
}

const preview = (world: RunsWorld, values: Partial<RunRequest> = {}) =>
  world.room.service.preview(request(world, values));

const start = (world: RunsWorld, values: Partial<StartRequest> = {}) =>
  world.room.service.start(request(world, values), person);

async function approve(world: RunsWorld, ...commands: string[]): Promise<void> {
  const planned = (await preview(world)).commands;
  const wanted = planned.filter(({ command }) => commands.includes(command));
  await world.room.service.approve(
    world.plan().entry.planId,
    wanted.map(({ hash }) => hash),
    person,
  );
}

function refusal(code: ErrorCode, message: RegExp) {
  return (error: unknown): boolean => {
    assert(RunsheetError.is(error, code), String(error));
    assert.match(error.message, message);
    return true;
  };
}

describe('the commands of a plan', () => {
  it('are all named before the first run, with who needs them', () =>
    withPlan(async (world) => {
      const { commands } = await preview(world);
      assert.deepEqual(
        commands.map(({ command, usedBy }) => [command, usedBy.length]),
        [
          ['npm ci', 0],
          ['npm test', 1],
          ['npm run lint', 2],
          ['./build.sh', 1],
          ['npm run smoke', 1],
        ],
      );
    }));

  it('are those of the subtasks that are asked for', () =>
    withPlan(async (world) => {
      const { commands } = await preview(world, { subtasks: ['T01'] });
      assert(!commands.some(({ command }) => command === './build.sh'));
    }));

  it('do not run before a person has allowed each of them', () =>
    withPlan(async (world) => {
      await approve(world, 'npm ci', 'npm test', 'npm run smoke');
      await assert.rejects(start(world), (error) => {
        assert(RunsheetError.is(error, 'not_approved'));
        assert.match(error.message, /npm run lint\n {2}\.\/build\.sh/);
        const { commands } = error.details;
        assert(Array.isArray(commands) && commands.length === 2);
        return true;
      });
      assert.deepEqual(world.checks.ran, []);
      assert.equal(world.room.state.liveExecutions().length, 0);
    }));

  it('are allowed once for all engines to come', () =>
    withPlan(async (world) => {
      await approve(world, 'npm ci', 'npm test', 'npm run smoke', 'npm run lint', './build.sh');
      await world.startEngine();
      const execution = await start(world, { subtasks: ['T01'] });
      assert.equal(execution.state, 'running');
      await world.ended(execution);
    }));

  it('are allowed only when the plan has them', () =>
    withPlan(async (world) => {
      const { planId } = world.plan().entry;
      const hash = approvalHash('rm -rf /');
      assert.equal(await world.room.service.approve(planId, [hash], person), 0);
      assert.deepEqual(await world.store.query(approvals.hashes, undefined), []);
    }));

  it('need an approval each as a shell line and as an array of the same letters', () => {
    const array = ['npm', 'test'];
    assert.notEqual(approvalHash(array), approvalHash('npm test'));
    assert.notEqual(approvalHash(array), approvalHash(JSON.stringify(array)));
    assert.notEqual(approvalHash(['a b']), approvalHash(['a', 'b']));
  });
});

describe('what keeps a plan from being started', () => {
  const simple = '- [ ] T01 Work\n';

  it('is a checkout with changes, unless they may stay out', () =>
    withPlan(async (world) => {
      world.repository.dirty = ['src/a.ts', planPath];
      await assert.rejects(start(world), refusal('dirty_tree', /src\/a\.ts\. Commit or stash/));
      await world.ended(await start(world, { allowDirty: true }));
    }, simple));

  it('is no changed plan file', () =>
    withPlan(async (world) => {
      world.repository.dirty = [planPath];
      await world.ended(await start(world));
    }, simple));

  it('is an agent that is not installed, with the way to get it', () =>
    withPlan(async (world) => {
      world.agents = world.agents.map((agent) => {
        const definition = { ...agent.definition, install: 'npm i -g fake-agent' };
        return { definition, installed: false, version: null };
      });
      await assert.rejects(
        start(world),
        refusal('agent_missing', /Fake is not installed: fake-agent .*npm i -g fake-agent/),
      );
    }, simple));

  it('is an agent that nobody knows', () =>
    withPlan(
      (world) =>
        assert.rejects(
          start(world, { agent: 'clod' }),
          refusal('agent_missing', /no agent "clod".*Known agents: .*fake/),
        ),
      simple,
    ));

  it('is that nobody chose an agent', () =>
    withPlan(
      (world) =>
        assert.rejects(
          start(world, { agent: null }),
          refusal('agent_missing', /No agent is chosen for T01.*fake/),
        ),
      simple,
    ));

  it('is no missing agent for subtasks with a command of their own', () =>
    withPlan(async (world) => {
      const { agents } = await preview(world, { agent: null });
      assert.deepEqual(
        agents.map(({ definition }) => definition.key),
        ['command'],
      );
    }, '- [ ] T01 Work\n  - run: ./build.sh\n'));

  it('is a file that is not text', () =>
    withPlan(async (world) => {
      const wanted = request(world);
      await world.edit('\0\0\0');
      await assert.rejects(
        world.room.service.start(wanted, person),
        refusal('validation', /^demo\.plan\.md:1: /),
      );
    }, simple));

  it('is a mistake in runsheet.yml, until it is corrected', () =>
    withPlan(async (world) => {
      await world.write('runsheet.yml', 'agent: fake\nworkers: many\nnonsense: 1\n');
      await assert.rejects(
        start(world),
        refusal('validation', /^runsheet\.yml:2: workers: .*Correct this line, or remove it\.$/),
      );
      await assert.rejects(preview(world), refusal('validation', /^runsheet\.yml:2: /));
      assert.deepEqual(world.agent.begun, []);
      await world.write('runsheet.yml', 'agent: fake\nworkers: 2\nnonsense: 1\n');
      await start(world);
      await world.untilBegun('T01');
    }, simple));

  it('is a plan that is not there any more', () =>
    withPlan(async (world) => {
      await assert.rejects(start(world, { planId: 'x' }), refusal('not_found', /plan/));
    }, simple));

  it('is a phase that is not known', () =>
    withPlan(
      (world) =>
        assert.rejects(start(world, { phases: ['Nine'] }), refusal('not_found', /no phase Nine/)),
      simple,
    ));

  it('is a base that git does not know', () =>
    withPlan(
      (world) => assert.rejects(start(world), refusal('not_found', /There is no release/)),
      `---\nbase: release\n---\n\n${simple}`,
    ));
});
