import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeFiles } from '../../../src/platform/files';
import { silentLog } from '../../../src/platform/log';
import { OwnFiles } from '../../../src/runs/own-files';
import { PlanLibrary } from '../../../src/runs/plan-library';
import { ReportImporter } from '../../../src/runs/report-importer';
import { StatusReports } from '../../../src/runs/status-reports';
import { workItems } from '../../../src/store/repositories/work-items';
import { FakeClock } from '../../support/fake-clock';
import { InMemoryStore } from '../../support/in-memory-store';
import { count, person, seed, subtaskContent } from '../../support/plan-rows';
import { refused } from '../../support/refused';
import { withTemporaryFolder } from '../../support/temporary-folder';

const path = '.project_status.md';
const legacy = `# Project Status

## Vendors (45 total)
- acme: operational (10/12 tests passed, 2 skipped) [Excel] v1.2.3
And some words.

## Future Enhancements (1 total)
- Faster with api_key=abcdefgh12345 (Priority: High, Q1 2026)

## Session Prompts (1 total)
### Session 2026-01-02
---
session_id: sess_1
token_budget: 5000
---
Do it.
`;

interface World {
  reports: StatusReports;
  importer: ReportImporter;
  store: InMemoryStore;
  write: (path: string, text: string) => Promise<void>;
  read: (path: string) => Promise<string>;
  unsaved: Map<string, string>;
  look: (path: string) => ReturnType<ReportImporter['import']>;
  apply: (path: string) => ReturnType<ReportImporter['import']>;
}

async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const store = await InMemoryStore.open();
    const files = new NodeFiles();
    const unsaved = new Map<string, string>();
    const documents = {
      unsavedText: (one: string) => unsaved.get(one) ?? null,
      apply: () => Promise.resolve(false),
    };
    const library = new PlanLibrary(folder, files, store, silentLog);
    const importer = new ReportImporter(library, files, store);
    const request = { fallbackWrites: false, expected: null };
    await work({
      ...{ store, importer, unsaved },
      reports: new StatusReports(store, new OwnFiles(library, files, documents), new FakeClock()),
      write: (one, text) => writeFile(join(folder, one), text),
      read: (one) => readFile(join(folder, one), 'utf8'),
      look: (one) => importer.import({ path: one, apply: false, ...request }, person.actor),
      apply: (one) => importer.import({ path: one, apply: true, ...request }, person.actor),
    });
    await store.close();
  });
}

describe('the import of a status report', () => {
  it('is looked at first: what is stated, found and would be stored, and nothing is written', () =>
    inWorld(async ({ write, look, store, read }) => {
      await write(path, legacy);
      const account = await look(path);
      assert.equal(account.variant, 'legacy');
      const expected = { stated: 45, found: 1, stored: 1, created: 1, updated: 0 };
      assert.deepEqual(account.counts['vendors'], expected);
      assert.deepEqual(account.unreadLines, [{ line: 5, text: 'And some words.' }]);
      assert.deepEqual(
        account.problems.map(({ rule }) => rule),
        ['count-mismatch'],
      );
      assert.equal(count(store, 'vendors'), 0);
      assert.equal(await read(path), legacy);
    }));

  it('stores rows that are claimed, without credentials, and leaves the file', () =>
    inWorld(async ({ write, apply, store, read, reports }) => {
      await write(path, legacy);
      const { counts } = await apply(path);
      assert.equal(counts['session_prompts']?.created, 1);
      assert.equal(counts['notes']?.created, 1);
      assert.equal(await read(path), legacy);
      const { report } = await reports.generate();
      assert.ok(!report.includes('abcdefgh12345'));
      assert.match(report, /### Session 2026-01-02 \(session\)/);
      assert.match(report, /all of it is claimed/);
      const again = await apply(path);
      assert.equal(again.counts['vendors']?.created, 0);
      assert.equal(count(store, 'vendors'), 1);
    }));

  it('takes prose as one note, and a session prompt with its steps', () =>
    inWorld(async ({ write, apply, store }) => {
      await write(path, '# Shop\n\n1. Words.\n');
      assert.equal((await apply(path)).counts['notes']?.created, 1);
      const front = '---\nschema_version: "1.0"\ntitle: Reader\nworkflow_phases: [one]\n';
      const prompt = `${front}requires_three_step_research: true\n---\n## Phase 1: one\n- [x] a\n- [ ] b\n`;
      await write('session_1.md', prompt);
      const { counts } = await apply('session_1.md');
      assert.deepEqual([counts['session_prompts']?.created, counts['work_items']?.created], [1, 6]);
      const items = await store.query(workItems.all, undefined);
      assert.deepEqual(
        items.map(({ item_type: type, title, status, depth }) => [type, title, status, depth]),
        [
          ['session', 'Reader', 'pending', 0],
          ['task', 'a', 'claimed', 1],
          ['task', 'b', 'pending', 1],
          ...['initial_research', 'planning_review', 'architecture_review', 'revised_plan'].map(
            (title) => ['research', title, 'pending', 1],
          ),
        ],
      );
    }));

  it('takes the report of a session as claims', () =>
    inWorld(async ({ write, apply, store }) => {
      const front = '---\nsubagent_type: x\nspecification_id: 001\nbranch: 001-a\n---\n';
      await write('r.md', `${front}# Report\n**Tasks Completed**: 2 out of 3\n`);
      await apply('r.md');
      const [item] = await store.query(workItems.all, undefined);
      assert.deepEqual([item?.status, item?.branch_name], ['in_progress', '001-a']);
      assert.deepEqual(item?.metadata['extra'], { claimed: [2, 3] });
      assert.equal(count(store, 'claims'), 1);
      assert.equal(count(store, 'plan_notes'), 1);
    }));

  it('shows writes that wait in comments, and takes them only when asked to', () =>
    inWorld(async ({ write, importer, apply, store }) => {
      const waiting = `<!-- FALLBACK WRITE: 2026-03-01 | {"item_type":"task","title":"Late","status":"completed"} -->`;
      await write(path, `# Project Status - 2026-03-02 09:15:00 UTC\n${waiting}\n`);
      const shown = await apply(path);
      assert.equal(shown.fallbackWrites.length, 1);
      assert.equal(count(store, 'work_items'), 0);
      const request = { path, apply: true, fallbackWrites: true, expected: shown.hash };
      await importer.import(request, person.actor);
      const [late] = await store.query(workItems.all, undefined);
      assert.deepEqual([late?.title, late?.status], ['Late', 'claimed']);
    }));

  it('refuses a plan, a file of another kind, one that is not there, and one that has changed', () =>
    inWorld(async ({ write, look, importer }) => {
      await write('tasks.md', '# Tasks: x\n## Phase 1: a\n- [ ] **T001** b\n');
      await refused('validation', look('tasks.md'), /It is a plan/);
      await write('a.md', '# Other\n');
      await refused('validation', look('a.md'), /no status report/);
      await refused('not_found', look('missing.md'));
      await refused('forbidden', look('../a.md'));
      await write(path, legacy);
      const request = { path, apply: true, fallbackWrites: false, expected: 'a'.repeat(64) };
      await refused('version_conflict', importer.import(request, person.actor));
    }));
});

describe('the status report that is written', () => {
  it('says of plans and items how much is proven and how much only claimed', () =>
    inWorld(async ({ reports, store, write, apply, read }) => {
      await seed(store, { subtasks: [subtaskContent('T01'), subtaskContent('T02')] });
      await write('old.md', `## Active Work Items (1)\n### Pier (task)\n- **Status**: completed\n`);
      await apply('old.md');
      const { path: written, counts } = await reports.write();
      assert.deepEqual([written, counts.plans, counts.work_items], [path, 1, 1]);
      const text = await read(path);
      assert.match(text, /^# Project Status - \d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC\n/);
      assert.match(text, /## Plans \(1\)\n\n\*0 of 2 subtasks done: 0 proven, 0 accepted/);
      assert.match(text, /\*1 listed: 0 proven, 0 accepted by a person, 1 only claimed\.\*/);
      assert.match(text, /- \*\*Status\*\*: completed\n\*Only claimed\.\*/);
    }));

  it('takes the place of a generated one alone, and keeps the writes that wait in it', () =>
    inWorld(async ({ reports, write, read }) => {
      const waiting = '<!-- FALLBACK WRITE: 2026-03-01 | {"a": 1} -->';
      await write(path, `# Project Status - 2020-01-01 00:00:00 UTC\nOld.\n${waiting}\n`);
      await reports.write();
      const text = await read(path);
      assert.ok(text.includes(waiting) && !text.includes('Old.'));
      await reports.write();
      assert.equal(await read(path), text);
    }));

  it('never takes the place of a report that somebody keeps, or of words in an editor', () =>
    inWorld(async ({ reports, write, read, unsaved }) => {
      for (const kept of [legacy, '# Shop - Project Status\n', 'Words.\n']) {
        await write(path, kept);
        await refused('forbidden', reports.write(), /kept by hand/);
        assert.equal(await read(path), kept);
      }
      await write(path, '# Project Status - 2020-01-01 00:00:00 UTC\n');
      unsaved.set(path, 'other');
      await refused('not_ready', reports.write(), /not saved/);
    }));
});
