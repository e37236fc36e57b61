import assert from 'node:assert/strict';
import { z } from 'zod';
import { inWorkspace, type CliEnd, type Workspace } from '../support/workspace';

const editing = `# Editing

- [ ] T01 Write
  - run: echo word >> book.txt
  - check: exists book.txt
- gate: Read it
`;
const layout = `# Layout

- [ ] L01 Set
  - run: cp book.txt page.txt
  - check: exists page.txt
`;
const trigger = {
  name: 'layout after editing',
  source: { kind: 'plan', ref: 'editing.plan.md' },
  fires_on: 'on_complete',
  action: 'start_plan',
  target: 'layout.plan.md',
};
const files = {
  'editing.plan.md': editing,
  'layout.plan.md': layout,
  'triggers.json': JSON.stringify(trigger),
};

async function typed(workspace: Workspace, ...args: string[]): Promise<CliEnd> {
  const end = await workspace.cli(...args);
  assert.equal(end.code, 0, `${args.join(' ')}: ${end.stdout}${end.stderr}`);
  return end;
}

const statusSchema = z.object({
  needs: z.array(z.object({ kind: z.string(), id: z.string(), title: z.string() })),
  subtasks: z.array(z.object({ key: z.string(), status: z.string() })),
});

/** Looks until the condition holds: what was decided goes on by itself. */
async function status(
  workspace: Workspace,
  condition: (status: z.output<typeof statusSchema>) => boolean,
): Promise<z.output<typeof statusSchema>> {
  for (const end = Date.now() + 30_000; ;) {
    const { stdout } = await typed(workspace, 'status', '--json');
    const found = statusSchema.parse(JSON.parse(stdout));
    if (condition(found)) return found;
    assert(Date.now() < end, stdout);
  }
}

describe('deciding in the terminal', () => {
  it('sends work back until a person is asked, passes its gate, and starts what follows', async function () {
    this.timeout(180_000);
    await inWorkspace(files, async (workspace) => {
      const run = ['run', 'editing.plan.md', '--approve-commands', '--no-wait'];
      assert.equal((await workspace.cli(...run)).code, 3);
      const rejectAs = (type: string) =>
        typed(workspace, 'reject', 'editing.plan.md', 'T01', '--type', type, '--reason', 'More.');
      const isDone = ({ subtasks }: z.output<typeof statusSchema>) =>
        subtasks.some(({ key, status: at }) => key === 'T01' && at === 'done');
      assert.match((await rejectAs('style')).stdout, /round 1\), to same_run, pending/);
      await status(workspace, isDone);
      for (const round of [1, 2]) {
        const { stdout } = await rejectAs('taste');
        assert.match(stdout, new RegExp(`round ${String(round)}\\), to person, needs_attention`));
      }
      assert.match((await rejectAs('taste')).stdout, /round 3\), to person.*\nescalated/);
      const asked = await status(workspace, ({ needs }) => needs.length > 0);
      const escalation = asked.needs.find(({ kind }) => kind === 'escalation');
      assert.equal(escalation?.title, 'T01: Write');
      await typed(workspace, 'escalations', 'ack', escalation.id);
      const resolve = ['escalations', 'resolve', escalation.id, '--resolution', 'One more.'];
      await typed(workspace, ...resolve, '--again');
      await status(workspace, isDone);
      const held = await typed(workspace, 'rejections', 'list', 'editing.plan.md', 'T01');
      assert.equal(held.stdout.match(/ fixed: More\./g)?.length, 4);

      const saved = await typed(workspace, 'triggers', 'set', 'triggers.json');
      assert.match(saved.stdout, /start_plan layout\.plan\.md \(asks\)/);
      await status(workspace, ({ needs }) => needs.some(({ kind }) => kind === 'gate'));
      await typed(workspace, 'gate', 'gate-read-it', 'approve');
      const fired = await status(workspace, ({ needs }) =>
        needs.some(({ kind }) => kind === 'trigger'),
      );
      const firing = fired.needs.find(({ kind }) => kind === 'trigger')?.id ?? '';
      const refused = await workspace.cli('triggers', 'confirm', firing);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /cp book\.txt page\.txt/);
      await typed(workspace, 'triggers', 'decline', firing);
      assert.match((await typed(workspace, 'triggers')).stdout, /declined/);
    });
  });
});
