import assert from 'node:assert/strict';
import { refused } from '../../support/refused';
import { person, planPath, RunsWorld } from '../../support/runs-world';

const path = 'spec/implementation_plan.json';
const log = 'spec/build-progress.txt';
const json = JSON.stringify({
  feature: 'Kites',
  phases: [
    { id: 'phase-1', name: 'Frame', subtasks: ['a', 'b'].map(subtask) },
    { id: 'phase-2', name: 'Tail', depends_on: ['phase-1'], subtasks: [subtask('c')] },
  ],
});

function subtask(id: string) {
  return { id, description: `Make ${id}`, status: id === 'b' ? 'completed' : 'pending' };
}

describe('the progress log of a plan', () => {
  it('tells from the database what is proven, accepted and only claimed, and reads back', () =>
    RunsWorld.with({ [path]: json }, async (world) => {
      const { progressLogs, library, subtaskDecisions } = world.room;
      const { planId } = world.plan(path).entry;
      const request = { planId, subtasks: ['a'], phases: null, action: 'accept' as const };
      await subtaskDecisions.decide({ ...request, reason: 'Seen.' }, person);
      await world.room.state.settled();
      const written = await progressLogs.write(planId);
      assert.equal(written.path, log);
      const text = await world.read(log);
      assert.equal(text, written.text);
      assert.match(text, /- Phase 2 \(Tail\): 1 subtask, depends on phase-1/);
      assert.match(text, /- \[completed\] `a` Make a \| accepted by a person; Seen\./);
      assert.match(text, /- \[completed\] `b` Make b \| only claimed/);
      assert.match(text, /- Done: 1 \(0 proven by checks\)/);
      await library.refresh(log);
      const paths = library.all().map((entry) => entry.path);
      assert.deepEqual(paths, [path], 'a log beside its plan is no plan of its own');
    }));

  it('is written anew above what an agent has added, and never into its own log', () =>
    RunsWorld.with({ [path]: json }, async (world) => {
      const { progressLogs } = world.room;
      const { planId } = world.plan(path).entry;
      const first = await progressLogs.write(planId);
      await world.write(log, `${first.text}SESSION 2\n`);
      await progressLogs.write(planId);
      assert.ok((await world.read(log)).endsWith('=== END OF RUNSHEET PROGRESS ===\nSESSION 2\n'));
      await world.write(log, 'SESSION 1\n');
      await refused('forbidden', progressLogs.write(planId), /an agent or a person/);
      assert.equal(await world.read(log), 'SESSION 1\n');
    }));

  it('is refused for a format that has none, with what there is instead', () =>
    RunsWorld.with({ [planPath]: '- [ ] T01 Work\n' }, async ({ room }) => {
      const { planId } = room.library.at(planPath) ?? { planId: '' };
      await refused('validation', room.progressLogs.generate(planId), /status report/);
    }));
});
