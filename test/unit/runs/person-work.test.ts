import assert from 'node:assert/strict';
import { createAgent } from '../../../src/agents/agents';
import { personDefinition } from '../../../src/agents/known-agents';
import { executionView } from '../../../src/server/views';
import { checkResult } from '../../support/fake-agent';
import { agentTask, RecordingHost, systemEffects } from '../../support/recording-host';
import { RunsWorld, planPath } from '../../support/runs-world';

const text = `- [ ] T01 Look at it
  - agent: person
  - check: confirm: Is it fine?
- [ ] T02 Go on
  - depends: T01
  - check: npm test
`;

describe('work that only a person can do', () => {
  const withPerson = (work: (world: RunsWorld) => Promise<void>) =>
    RunsWorld.with({ [planPath]: text }, work, {
      agents: [
        { definition: personDefinition, installed: true, version: null },
        {
          definition: { ...personDefinition, key: 'fake', transport: 'acp', program: 'fake' },
          installed: true,
          version: '1',
        },
      ],
    });

  it('is given to no agent, whoever was asked for, and the execution waits for the word', () =>
    withPerson(async (world) => {
      world.checks.answer = async () =>
        checkResult('skipped', "Waits for a person's word: Is it fine?");
      const execution = await world.start();
      assert.match(await world.waits(execution), /Waits for a person's word on T01/);
      assert.equal(world.run('T01').agent_key, 'person');
      assert.equal(world.subtask('T02').status, 'pending');
      const view = executionView(world.execution(execution), world.room.state);
      assert.equal(view.waitsForPerson, true);
      world.checks.answer = async () => checkResult('passed');
      await world.decide('T01', 'accept');
      assert.equal((await world.ended(execution)).state, 'completed');
      assert.deepEqual(world.statuses(), ['T01 accepted', 'T02 proven']);
    }));

  it('is ready and over at once, with no process', async () => {
    const host = new RecordingHost();
    const agent = createAgent(personDefinition, systemEffects());
    const outcome = await agent.run(agentTask('/nowhere'), host, new AbortController().signal);
    assert.deepEqual([outcome.kind, host.processes], ['completed', []]);
    assert.notEqual(host.ready, null);
  });
});
