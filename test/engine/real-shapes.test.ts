import assert from 'node:assert/strict';
import { decideGate } from '../../src/protocol/gate-messages';
import { describeRun } from '../../src/protocol/messages';
import { inWorkspace, type Connected } from '../support/workspace';

/** A subtask that writes a file, which its check looks for. */
const task = (id: string, ...fields: string[]): string =>
  [
    `- [ ] T${id} Make part ${id}`,
    `  - run: ["node", "-e", "fs.writeFileSync('part-${id}.txt', '${id}')"]`,
    `  - check: exists part-${id}.txt`,
    ...fields.map((field) => `  - ${field}`),
  ].join('\n');

const checkpoint = (title: string, file: string): string =>
  `- checkpoint: ${title}\n  - criterion-check: exists ${file}`;

const review = (title: string, file: string): string =>
  `- gate: ${title}\n  - criterion: It reads well\n  - criterion-check: exists ${file}`;

/** Six batches with checkpoints, and a person's review after the fourth and at the end. */
const boardroom = `---
runsheet: 1
title: A catalogue in six batches
workers: 3
---

## Batch 1

${task('11')}
${task('21')}
${checkpoint('The layer stands', 'part-21.txt')}

## Batch 2

${task('12')}
${task('22', 'depends: T21')}
${task('31')}
${checkpoint('The services stand', 'part-31.txt')}

## Batch 3

${task('13', 'depends: T12, T22')}
${checkpoint('The importer stands', 'part-13.txt')}

## Batch 4

${task('32')}
${task('41', 'depends: T13')}
${review('Review by the owner', 'part-41.txt')}

## Batch 5

${task('42')}
${checkpoint('The pages stand', 'part-42.txt')}

## Batch 6

${task('51')}
${task('52', 'depends: T51')}
${review('Release?', 'part-52.txt')}
`;

async function approve(connected: Connected, title: string): Promise<void> {
  const gate = await connected.until(title, ({ plans }) =>
    [...plans.values()]
      .flatMap(({ gates }) => gates)
      .find((one) => one.title === title && one.state === 'open'),
  );
  await connected.client.request(decideGate, { gateId: gate.id, decision: 'approve', reason: '' });
}

describe('a plan of six batches with checkpoints and two reviews', () => {
  it('runs to its end through all its gates, and not past a closed one', () =>
    inWorkspace({ 'boardroom.plan.md': boardroom }, async (workspace) => {
      using connected = await workspace.connect();
      const executionId = await workspace.start(connected.client, 'boardroom.plan.md');
      await connected.until('the wait for the review', ({ executions }) =>
        executions.get(executionId)?.message?.includes('Review by the owner'),
      );
      const before = [...connected.mirror.subtasks.values()];
      const done = before.filter(({ proof }) => proof === 'proven').map(({ key }) => key);
      assert.deepEqual(done.sort(), ['T11', 'T12', 'T13', 'T21', 'T22', 'T31', 'T32', 'T41']);
      await approve(connected, 'Review by the owner');
      await approve(connected, 'Release?');
      const end = await connected.until('the end', ({ executions }) => {
        const row = executions.get(executionId);
        return row?.endedAt === null ? null : row;
      });
      assert.deepEqual([end.state, end.message], ['completed', '11 proven of 11.']);
      const [plan] = [...connected.mirror.plans.values()];
      assert.deepEqual(
        plan?.gates.map(({ title, kind, state }) => `${title} ${kind} ${state}`),
        [
          'The layer stands checkpoint approved',
          'The services stand checkpoint approved',
          'The importer stands checkpoint approved',
          'Review by the owner human approved',
          'The pages stand checkpoint approved',
          'Release? human approved',
        ],
      );
      assert.equal(plan.state, 'completed');
      assert.equal(workspace.read('boardroom.plan.md').match(/- \[x\]/g)?.length, 11);
    }));
});

/** Three validators that weigh 4, 4 and 2, as feature specs of agent runs have them. */
const weighted = (failing: 'lint' | 'docs'): string => `---
runsheet: 1
title: A feature with an acceptance spec
accept: weighted 0.7
---

- [ ] T01 Build the feature
  - run: ["node", "-e", "fs.writeFileSync('feature.txt', 'built\\\\n')"]
  - check (weight 4): ["node", "-e", "process.exit(${failing === 'lint' ? 1 : 0})"]
  - check (weight 4): exists feature.txt
  - check (weight 2): ["node", "-e", "process.exit(${failing === 'docs' ? 1 : 0})"]
`;

async function scoreOf(failing: 'lint' | 'docs') {
  const found: { verdict: string | null; proof: string | null; score: number | null }[] = [];
  await inWorkspace({ 'feature.plan.md': weighted(failing) }, async (workspace) => {
    using connected = await workspace.connect();
    const executionId = await workspace.start(connected.client, 'feature.plan.md');
    await connected.until('the end', ({ executions }) => executions.get(executionId)?.endedAt);
    const [subtask] = [...connected.mirror.subtasks.values()];
    const [run] = [...connected.mirror.runs.values()];
    assert(subtask !== undefined && run !== undefined);
    const { verifications } = await connected.client.request(describeRun, { runId: run.id });
    const [first] = verifications;
    found.push({ verdict: run.verdict, proof: subtask.proof, score: first?.score ?? null });
  });
  return found[0];
}

describe('an acceptance spec with weighted validators', () => {
  it('does not pass with 0.6 of the 0.7 that it needs', async () => {
    assert.deepEqual(await scoreOf('lint'), { verdict: 'partial', proof: null, score: 0.6 });
  });

  it('passes with 0.8', async () => {
    assert.deepEqual(await scoreOf('docs'), { verdict: 'passed', proof: 'proven', score: 0.8 });
  });
});
