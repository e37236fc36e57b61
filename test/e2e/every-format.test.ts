import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { workbenchOn } from './demo-workbench.js';
import { sharedPath } from '../support/shared.js';
import { eventually } from '../support/eventually.js';
import { everyFormat, realPlans } from './plan-workspaces.js';
import { PlansTree } from './plans-tree.js';

interface Example {
  format: string;
  /** What its row in the tree shows: its title, or the path of one that has a namesake. */
  plan: string;
  /** All that is below it. */
  rows: readonly string[];
  /** Where a click on a row leads. */
  leads: { row: string; file: string; line: number };
  /** What its tooltip says of where statuses are written. */
  note?: RegExp;
}

const examples: readonly Example[] = [
  {
    format: 'runsheet',
    plan: 'shop.plan.md',
    rows: [
      'open | Index | 0/2',
      '  ready | T01 Build the index | ready',
      '  claimed | T02 Keep it fresh | claimed, not proven',
      '  gate | Look at the index | gate, not reached',
      'needs you | Page | 0/2',
      '  begun | T03 Show results | in progress in its file',
      '  left out | Write a guide | left out in its file',
      '  needs you | step-9 Measure it | needs you',
      '  gate | Approve the page | gate, not reached',
    ],
    leads: { row: 'T03 Show results', file: 'shop.plan.md', line: 35 },
  },
  {
    format: 'kiro',
    plan: '.kiro/specs/shop-search/tasks.md',
    rows: [
      'open | Build the index | 0/3',
      '  claimed | 1.1 Read the articles | claimed, not proven',
      '  claimed | 1.2 Keep it fresh | claimed, not proven',
      '  waiting | 1.3 Write property tests | waiting',
      'waiting | 2 Checkpoint - everything is green | waiting',
      'open | Show what is found | 0/3',
      '  begun | 3.1 Lay out the page | in progress in its file',
      '  waiting | 3.2 Show pictures | waiting',
      '  waiting | 3.3 Sort by price | waiting',
      'waiting | 4 Tell the shops | waiting',
    ],
    leads: { row: '3.2 Show pictures', file: 'tasks.md', line: 26 },
  },
  {
    format: 'openspec',
    plan: 'Add shop search',
    rows: [
      'open | Index | 0/4',
      '  claimed | 1.1 Build it in `src/search/index.ts` | claimed, not proven',
      '  waiting | 1.1.1 Read the articles | waiting',
      '  claimed | 1.2 Keep it fresh | claimed, not proven',
      '  waiting | #4 without a gap | waiting',
      'open | Page | 0/4',
      '  waiting | 2.1 Show results | waiting',
      '  waiting | 2.2b Sort them | waiting',
      '  waiting | #7 Tell the shops. Run `npm run tell` | waiting',
      '  waiting | 3.1 counts, as the tool says | waiting',
    ],
    leads: { row: '2.1 Show results', file: 'tasks.md', line: 14 },
  },
  {
    format: 'spec-kit',
    plan: 'specs/001-search/tasks.md',
    rows: [
      'open | Phase 1: Setup | 0/3',
      '  claimed | T001 Create `package.json` | claimed, not proven',
      '  claimed | T002 Add lint rules in `eslint.config.js` | claimed, not proven',
      '  waiting | T003 Add tests in tests/setup.test.js (depends on T001, | waiting',
      'needs you | Phase 2: User Story 1 - Search (Priority: P1) | 0/2',
      '  waiting | T004 Write src/search.ts | waiting',
      '  left out | T005 Deleted — not needed | left out in its file',
      '  needs you | T006 Undo it | needs you',
    ],
    leads: { row: 'T004 Write src/search.ts', file: 'tasks.md', line: 22 },
  },
  {
    format: 'task-master',
    plan: 'tasks.json',
    rows: [
      'open | Keep notes | 0/3',
      '  claimed | 1.1 Choose a place | claimed, not proven',
      '  waiting | 1.2 Write & read | waiting',
      '  ready | 1.3 Look back | ready',
      'left out | 2 Names | left out in its file',
      'needs you | 3 Search | needs you',
      'open | Colours | 0/1',
      '  waiting | 4.1 Dark | waiting',
    ],
    leads: { row: '1.2 Write & read', file: 'tasks.json', line: 22 },
  },
  {
    format: 'gsd',
    plan: 'Finder',
    rows: [
      'open | Base | 0/3',
      '  claimed | 01-01#1 Models | claimed, not proven',
      '  claimed | 01-01#2 Tables | claimed, not proven',
      '  waiting | 01-02#1 Routes | waiting',
      'needs you | Search | 0/2',
      '  waiting | 02-01#1 Index | waiting',
      '  needs you | 02-02#1 Pages | needs you',
      'left out | ideas | 1 left out',
    ],
    leads: { row: '02-01#1 Index', file: '02-01-PLAN.md', line: 5 },
    note: /a SUMMARY\.md beside it/,
  },
  {
    format: 'auto-claude',
    plan: '.auto-claude/specs/001-search/implementation_plan.json',
    rows: [
      'open | Index | 0/2',
      '  claimed | subtask-1-1 Build the index | claimed, not proven',
      '  waiting | subtask-1-2 Keep it fresh | waiting',
      'open | Page | 0/2',
      '  claimed | subtask-2-1 Show results | claimed, not proven',
      '  waiting | subtask-2-2 No status yet | waiting',
    ],
    leads: { row: 'subtask-1-2 Keep it fresh', file: 'implementation_plan.json', line: 20 },
  },
  {
    format: 'autobuildr',
    plan: 'feature_list.json',
    rows: [
      'open | Index | 0/2',
      '  claimed | F001 The index holds all articles | claimed, not proven',
      '  waiting | F002 Keep the index fresh | waiting',
      'open | Page | 0/4',
      '  claimed | F003 Show results | claimed, not proven',
      '  begun | F004 Sort results | in progress in its file',
      '  waiting | 5 Page through | waiting',
      '  ready | 6 No status yet | ready',
    ],
    leads: { row: 'F004 Sort results', file: 'feature_list.json', line: 33 },
  },
  {
    format: 'codebase-mcp',
    plan: 'Harbour log',
    rows: [
      'open | Phase 3.1: Setup (Sequential) | 0/2',
      '  claimed | T000 Create the log model in `src/models/log.py` | claimed, not proven',
      '  claimed | T001 Create the pier model in `src/models/log.py` | claimed, not proven',
      '  left out | T001a Commit both [DEFERRED] | left out in its file',
      'open | Phase 3.2: Service (ONLY after tests are failing) | 0/3',
      '  waiting | T002 Write the service | waiting',
      '  claimed | T003 Call the service | claimed, not proven',
      '  waiting | T004 Tell people | waiting',
    ],
    leads: { row: 'T002 Write the service', file: 'tasks.md', line: 24 },
  },
  {
    format: 'vp-ops',
    plan: 'VP Operations Analysis: sess_ab12',
    rows: [
      'open | Hulls | 0/2',
      '  ready | 1.1 Draw the hull | ready',
      '  waiting | 2.1 Order cloth | waiting',
      'open | Oars | 0/1',
      '  waiting | 1.2 Carve oars | waiting',
      '  gate | Harbour Master #1: first look | gate, not reached',
      'open | Sails | 0/1',
      '  waiting | 2.2 Add oar tests | waiting',
    ],
    leads: { row: '1.2 Carve oars', file: 'sess_ab12-vp-ops.md', line: 17 },
    note: /Nothing is written into the files of a session/,
  },
  {
    format: 'beads',
    plan: 'nt',
    rows: [
      'open | Notes | 0/2',
      '  claimed | nt-1.1 Write & keep | claimed, not proven',
      '  begun | nt-1.2 Read | in progress in its file',
      'needs you | Without a parent | 0/2',
      '  blocked | nt-5 Ask | blocked in its file',
      '  left out | nt-6 Later | left out in its file',
      '  needs you | nt-7 Odd | needs you',
      'gate | May it go out? | gate, not reached',
    ],
    leads: { row: 'nt-1.2 Read', file: 'issues.jsonl', line: 3 },
  },
  {
    format: 'backlog-md',
    plan: 'backlog',
    rows: [
      'begun | TASK-2.2 Shop: the "cart" isn\'t saved | in progress in its file',
      'claimed | task-1 About task-1 | claimed, not proven',
      'waiting | TASK-2 About TASK-2 | waiting',
      'needs you | task-2.1 About task-2.1 | needs you',
      'ready | task-9 About task-9 | ready',
      'waiting | task-10 About task-10 | waiting',
    ],
    leads: { row: 'TASK-2.2 Shop', file: 'task-2.2 - Cart.md', line: 2 },
  },
  {
    format: 'bmad',
    plan: '_bmad-output/implementation-artifacts/sprint-status.yaml',
    rows: [
      'needs you | Cart | 0/3',
      '  claimed | 1-1-cart-model The model of the cart | claimed, not proven',
      '  needs you | 1-2a 買い物 | needs you',
      '  waiting | 1-3-save-cart Save the cart | waiting',
      'open | Check-out | 0/1',
      '  waiting | 2-1 checkout | waiting',
      'open | Epic 3 | 0/0',
      'open | Epic 10 | 0/1',
      '  waiting | 10-1 lost | waiting',
    ],
    leads: { row: '1-3-save-cart', file: 'sprint-status.yaml', line: 15 },
  },
  {
    format: 'markdown',
    plan: 'TODO.md',
    rows: [
      'open | Tasks | 0/1',
      '  ready | Ask for a domain | ready',
      'open | Search | 0/3',
      '  claimed | Build the index | claimed, not proven',
      '  begun | Show results | in progress in its file',
      '  claimed | Sort results | claimed, not proven',
      '  left out | Print | left out in its file',
      'needs you | Later | 0/3',
      '  ready | Page through | ready',
      '  needs you | print#2 Print | needs you',
      '  ready | task (untitled) | ready',
    ],
    leads: { row: 'Sort results', file: 'TODO.md', line: 14 },
  },
];

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
