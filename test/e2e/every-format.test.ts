import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { workbenchOn } from './demo-workbench.js';
import { sharedPath } from '../support/shared.js';
import { eventually } from '../support/eventually.js';
import { examples } from './format-examples.js';
import { everyFormat, realPlans } from './plan-workspaces.js';
import { PlansTree } from './plans-tree.js';

describe('a plan of every format', function () {
  // One window for all: what follows a step that failed would only fail slowly.
  this.bail(true);
  const opened = workbenchOn('every-format', everyFormat, {
    'security.workspace.trust.enabled': false,
  });
  const tree = () => new PlansTree(opened().workbench);

  it('stands in the Plans view', async () => {
    opened().workbench.page.setDefaultTimeout(10_000);
    await tree().open(1000);
    for (const { plan } of examples) await tree().plan(plan).waitFor();
    await opened().workbench.screenshot('all');
  });

  for (const { format, plan, rows, leads, note } of examples)
    it(`is shown with its phases, subtasks and statuses, and leads to its file: ${format}`, async () => {
      const { workbench } = opened();
      assert.deepEqual(await tree().expand(plan), rows);
      await workbench.row(leads.row).first().click();
      await workbench.stands(leads.file, leads.line);
      await workbench.codeLens(/^Run/).locator('visible=true').first().waitFor();
      if (note !== undefined) assert.match(await tree().tooltip(plan), note);
      await workbench.screenshot(format);
      await tree().collapse(plan);
    });

  for (const { format, plan } of examples.filter(({ format }) => format !== 'runsheet'))
    it(`is converted: ${format}`, async () => {
      const { workbench } = opened();
      await tree().chooseInMenu(tree().plan(plan), 'Convert to a Runsheet Plan…');
      await workbench.frontTab('Untitled').waitFor();
      await workbench.page
        .locator('.view-line')
        .filter({ hasText: /^runsheet:\s1$/ })
        .first()
        .waitFor();
      await workbench.screenshot(`${format}-converted`);
    });

  const marks = [
    {
      plan: '.auto-claude/specs/001-search/implementation_plan.json',
      row: 'subtask-1-2 Keep it fresh',
      file: '.auto-claude/specs/001-search/implementation_plan.json',
      change: ['"status": "pending"', '"status": "completed"'],
    },
    {
      plan: 'backlog',
      row: 'TASK-2 About TASK-2',
      file: 'backlog/tasks/TASK-2 - Some-title.md',
      change: ['status: To Do', 'status: Shipped'],
    },
    {
      plan: 'specs/001-search/tasks.md',
      row: 'T004 Write src/search.ts',
      file: 'specs/001-search/tasks.md',
      change: ['- [ ] **T004', '- [x] **T004'],
    },
    {
      plan: 'TODO.md',
      row: 'Page through',
      file: 'TODO.md',
      change: ['[ ] Page through', '[x] Page through'],
    },
  ] as const;

  for (const { plan, row, file, change } of marks)
    it(`gets the word of a person written into ${file}, and nothing else`, async () => {
      const { workbench, workspace } = opened();
      const before = await readFile(join(workspace, file), 'utf8');
      await tree().expand(plan);
      await tree().chooseInMenu(workbench.row(row).first(), 'Mark Done…');
      await workbench.quickInput.fill('Seen to work.');
      await workbench.quickInput.press('Enter');
      await workbench.row(new RegExp(`${row}\\s*accepted`)).waitFor();
      await tree().collapse(plan);
      const [from, to] = change;
      const after = await eventually(async () => {
        const text = await readFile(join(workspace, file), 'utf8');
        return text === before ? null : text;
      });
      assert.equal(after, before.replace(from, to));
    });
});

const corpus = sharedPath('corpus');

/** How many rows have which icon: `2 open, 3 ready`. */
function tally(lines: readonly string[]): string {
  const words = lines.map((line) => line.split(' | ', 1)[0]?.trim() ?? '');
  return [...new Set(words)]
    .map((word) => `${String(words.filter((one) => one === word).length)} ${word}`)
    .join(', ');
}

interface RealPlan {
  plan: string;
  /** What is below it, phases and gates among it, in the order in which it first comes. */
  rows: string;
}

const sessionReport =
  'docs/subagent_summaries/by_date/2025-10-10_orchestrator_003-database-backed-project.md';

/** The documents that the project began with and that hold a plan, then real plans of each format. */
const realOnes: readonly RealPlan[] = [
  { plan: 'Phase 01-foundation', rows: '1 open, 1 ready, 2 waiting' },
  {
    plan: 'Generate SQLAlchemy Models from Schema Documentation',
    rows: '9 open, 1 ready, 13 waiting',
  },
  { plan: 'AutoBuildr Progress Log', rows: '1 open, 3 claimed' },
  { plan: 'VP Operations Analysis: sess_687bc31b', rows: '6 open, 2 ready, 20 waiting, 2 gate' },
  { plan: 'VoxChronicle', rows: '8 open, 26 claimed' },
  { plan: 'Fix Sidebar CSS Visibility', rows: '1 open, 2 claimed' },
  { plan: 'light-session', rows: '1 ready, 1 claimed' },
  { plan: 'Core API Foundation', rows: '15 open, 45 claimed' },
  { plan: 'tasks.json', rows: '10 claimed' },
  { plan: 'appointment_system', rows: '8 open, 36 claimed' },
  { plan: 'Writing Tools', rows: '18 ready, 6 claimed' },
  { plan: 'Fix validate view resolution parity', rows: '6 open, 27 claimed' },
  { plan: 'Conversation History Storage', rows: '6 open, 22 claimed, 1 waiting' },
  { plan: 'FastMCP Framework Migration', rows: '6 open, 4 ready, 20 waiting' },
];

describe('a real plan', function () {
  this.bail(true);
  if (corpus === null) return;
  const opened = workbenchOn('every-format/real', (folder) => realPlans(folder, corpus), {
    'security.workspace.trust.enabled': false,
  });
  const tree = () => new PlansTree(opened().workbench);

  it('stands in the Plans view', async () => {
    opened().workbench.page.setDefaultTimeout(10_000);
    await tree().open(2000);
    for (const { plan } of realOnes) await tree().plan(plan).waitFor();
    await opened().workbench.screenshot('all');
  });

  for (const { plan, rows } of realOnes)
    it(`is shown with its phases, subtasks and statuses: ${plan}`, async () => {
      const seen = await tree().expand(plan);
      await opened().workbench.screenshot(plan.replaceAll(/\W+/g, '-').slice(0, 40));
      await tree().collapse(plan);
      assert.equal(tally(seen), rows);
    });

  it('that is a report of one holds no plan, which it says where it is opened', async () => {
    const { workbench, workspace } = opened();
    await workbench.runCommand('Runsheet: Open Plan File');
    await workbench.quickInput.fill(join(workspace, sessionReport));
    await workbench.pick(basename(sessionReport));
    const said = /Session report of the codebase-mcp format, no plan in it: 36 of 52 tasks claimed/;
    await workbench.notification(said).waitFor();
    await workbench.frontTab(basename(sessionReport)).waitFor();
    // A lens that cannot be clicked is no link.
    await workbench.page.locator('.codelens-decoration').filter({ hasText: said }).waitFor();
    await workbench.screenshot('session-report');
    await workbench.notification(said).getByText('Show Problems').click();
    await workbench.page.locator('.markers-panel').getByText('neither in the range').waitFor();
    await workbench.screenshot('session-report-problems');
  });
});
