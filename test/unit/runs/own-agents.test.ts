import assert from 'node:assert/strict';
import type { AgentDefinition } from '../../../src/agents/agent';
import { RunsheetError } from '../../../src/model/errors';
import { agentCommand } from '../../../src/runs/approvals';
import { person, planPath, RunsWorld } from '../../support/runs-world';
import type { StartRequest } from '../../../src/runs/run-service';

const plan = `# Demo

- [ ] T01 Build it
  - agent: own
  - depends: T02
  - check: exists a.txt
- [ ] T02 Use it
  - agent: fake
  - check: exists b.txt
`;

const own: AgentDefinition = {
  key: 'own',
  displayName: 'Own',
  transport: 'acp',
  program: '/w/tools/agent.mjs',
  args: ['--level', 'two words'],
  env: { MODE: 'quiet' },
  inherit: ['OUR_KEY', 'OUR_MODEL_*'],
  isOfWorkspace: true,
};
const known: AgentDefinition = { ...own, key: 'fake', isOfWorkspace: undefined };
const settings = `
agents:
  own:
    program: /w/tools/agent.mjs
    args: [--level, two words]
    env: { MODE: quiet }
    inherit: [OUR_KEY, 'OUR_MODEL_*']
`;

const all: Omit<StartRequest, 'planId'> = {
  subtasks: null,
  phases: null,
  agent: null,
  workers: 1,
  acceptClaims: false,
  allowDirty: true,
};

async function withOwnAgent(work: (world: RunsWorld) => Promise<void>): Promise<void> {
  const agents = [own, known].map((definition) => ({ definition, installed: true, version: null }));
  await RunsWorld.with({ [planPath]: plan, 'runsheet.yml': settings }, work, { agents });
}

async function commandsOf(world: RunsWorld, request: Partial<StartRequest> = {}) {
  const { planId } = world.plan().entry;
  return (await world.room.service.preview({ ...all, planId, ...request })).commands;
}

describe('an agent that the workspace defines', () => {
  it('is a command of the workspace, with all that decides what it does', () =>
    withOwnAgent(async (world) => {
      assert.deepEqual(
        (await commandsOf(world)).map(({ command, usedBy }) => [command, usedBy]),
        [
          [
            'MODE=quiet /w/tools/agent.mjs --level "two words" (is given your OUR_KEY, OUR_MODEL_*)',
            ['T01'],
          ],
        ],
      );
    }));

  it('is no command of a run that does not use it', () =>
    withOwnAgent(async (world) => {
      assert.deepEqual(await commandsOf(world, { subtasks: ['T02'] }), []);
      assert.deepEqual(await commandsOf(world, { agent: 'fake' }), []);
    }));

  it('does not run before a person has approved it, and does then', () =>
    withOwnAgent(async (world) => {
      const { service } = world.room;
      const { planId } = world.plan().entry;
      await assert.rejects(
        service.start({ ...all, planId }, person),
        (error) => RunsheetError.is(error, 'not_approved') && /agent\.mjs/.test(error.message),
      );
      assert.deepEqual(world.agent.begun, []);
      const hashes = (await commandsOf(world)).map(({ hash }) => hash);
      assert.equal(await service.approve(planId, hashes, person), 1);
      await world.ended(await service.start({ ...all, planId }, person));
      assert.deepEqual(world.agent.begun, ['T02', 'T01']);
    }));

  it('can be approved for a run that chooses it for a plan that does not', () =>
    withOwnAgent(async (world) => {
      const { planId } = world.plan().entry;
      const request = { subtasks: ['T02'], agent: 'own' };
      const hashes = (await commandsOf(world, request)).map(({ hash }) => hash);
      await world.room.service.approve(planId, hashes, person);
      await world.ended(await world.room.service.start({ ...all, planId, ...request }, person));
      assert.deepEqual(world.agent.begun, ['T02']);
    }));

  it('is not run when it was changed after the approval, in the middle of an execution', () =>
    withOwnAgent(async (world) => {
      const { planId } = world.plan().entry;
      const { service } = world.room;
      const hashes = (await commandsOf(world)).map(({ hash }) => hash);
      await service.approve(planId, hashes, person);
      const before = world.agent.hold('T02');
      const swapped = { ...own, program: '/w/tools/other.mjs' };
      const execution = await service.start({ ...all, planId }, person);
      await world.untilBegun('T02');
      world.agents = [{ definition: swapped, installed: true, version: null }];
      before.release();
      await world.ended(execution);
      assert.deepEqual(world.agent.begun, ['T02']);
      const { status, status_reason: reason } = world.subtask('T01');
      assert.equal(status, 'needs_attention');
      assert.match(reason ?? '', /Nobody has approved/);
    }));

  it('is another command when anything of it changes', () => {
    const hashOf = (changes: Partial<AgentDefinition>) =>
      agentCommand({ ...own, ...changes }, [])?.hash;
    const hashes = [
      {},
      { program: '/w/tools/other.mjs' },
      { args: ['--level', 'two', 'words'] },
      { env: { MODE: 'loud' } },
      { env: { MODE: 'quiet', NODE_OPTIONS: '--require ./x.cjs' } },
      { inherit: ['OUR_KEY'] },
      { inherit: undefined },
    ].map(hashOf);
    assert.equal(new Set(hashes).size, hashes.length);
    assert.equal(hashOf({ displayName: 'Other name' }), hashes[0]);
  });

  it('shows no secret that stands in its variables', () => {
    const key = `sk-ant-${'a1'.repeat(20)}`;
    const command = agentCommand({ ...own, env: { OUR_KEY: key } }, [])?.command ?? '';
    assert.match(command, /OUR_KEY=/);
    assert.doesNotMatch(command, /a1a1/);
  });

  it('needs no approval when Runsheet knows it by itself', () => {
    assert.equal(agentCommand(known, []), null);
  });
});
