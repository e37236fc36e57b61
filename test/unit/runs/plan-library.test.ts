import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RunsheetError } from '../../../src/model/errors';
import { NodeFiles } from '../../../src/platform/files';
import { silentLog } from '../../../src/platform/log';
import { PlanLibrary } from '../../../src/runs/plan-library';
import { plans } from '../../../src/store/repositories/plans';
import { InMemoryStore } from '../../support/in-memory-store';
import { withTemporaryFolder } from '../../support/temporary-folder';

interface Shelf {
  library: PlanLibrary;
  store: InMemoryStore;
  folder: string;
  write: (path: string, content: string) => Promise<void>;
  titles: () => string[];
}

async function withLibrary(work: (shelf: Shelf) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const store = await InMemoryStore.open();
    const library = new PlanLibrary(folder, new NodeFiles(), store, silentLog, async () => [
      'notes/*.md',
    ]);
    const write = async (path: string, content: string) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    };
    const titles = () =>
      library
        .all()
        .flatMap(({ plan }) => plan.phases.flatMap((p) => p.subtasks.map((s) => s.title)));
    await work({ library, store, folder, write, titles });
    await store.close();
  });
}

const path = 'a.plan.md';
const good = '- [ ] T01 Work\n';
const sessionReport = `---
subagent_type: orchestrator
specification_id: 007-harbour
task_range: T001-T002
date: 2026-01-02
---

# Session: Harbour

- **Tasks Completed**: 2 out of 4 (50%)
`;

describe('the plans of a workspace', () => {
  it('are found by their paths; one that cannot be read stops no other', () =>
    withLibrary(async ({ library, write }) => {
      await write('a.plan.md', good);
      await write('docs/b.plan.md', '\0');
      await write('node_modules/c.plan.md', good);
      await write('d.plan.md', good);
      await library.discover();
      assert.deepEqual(
        library.all().map((entry) => entry.path),
        ['a.plan.md', 'd.plan.md'],
      );
      assert.equal(library.problemsAt('docs/b.plan.md')[0]?.rule, 'not-text');
    }));

  it('keep their last reading while their file is broken, with what is wrong', () =>
    withLibrary(async ({ library, write, titles, store }) => {
      await write(path, good);
      const entry = await library.refresh(path);
      await write(path, '');
      const broken = await library.refresh(path);
      assert.equal(broken?.planId, entry?.planId);
      assert.deepEqual(titles(), ['Work']);
      assert.equal(library.problemsAt(path)[0]?.rule, 'empty-file');
      await write(path, good);
      await library.refresh(path);
      assert.deepEqual(library.problemsAt(path), []);
      assert.equal((await store.query(plans.all, undefined)).length, 1);
    }));

  it('tell everybody of every reading', () =>
    withLibrary(async ({ library, write }) => {
      const told: string[] = [];
      using _listening = library.onRead((entry) =>
        told.push(entry.problems.length === 0 ? 'good' : 'bad'),
      );
      await write(path, good);
      await library.refresh(path);
      await write(path, '');
      await library.refresh(path);
      assert.deepEqual(told, ['good', 'bad']);
    }));

  it('leave when their file does, and come back as the same plan', () =>
    withLibrary(async ({ library, write, folder, store }) => {
      await write(path, good);
      const entry = await library.refresh(path);
      await rm(join(folder, path));
      assert.equal(await library.refresh(path), null);
      assert.deepEqual(library.all(), []);
      assert.deepEqual(await store.query(plans.all, undefined), []);
      await write(path, good);
      assert.equal((await library.refresh(path))?.planId, entry?.planId);
    }));

  it('are read in the order of the changes, however many come at once', () =>
    withLibrary(async ({ library, write, titles }) => {
      await write(path, good);
      const readings = Array.from({ length: 5 }, () => library.refresh(path));
      await write(path, '- [ ] T01 Newest\n');
      await Promise.all([...readings, library.refresh(path)]);
      assert.deepEqual(titles(), ['Newest']);
    }));

  it('are opened by name where nobody looks for them', () =>
    withLibrary(async ({ library, write }) => {
      await write('notes/things.md', '# Tasks\n\n- [ ] T001 First thing in src/a.ts\n');
      const entry = await library.open('notes/things.md', 'spec-kit');
      assert(entry.plan !== null);
      assert.equal(entry.format.name, 'spec-kit');
      // Later readings keep the format.
      assert.equal((await library.refresh('notes/things.md'))?.format.name, 'spec-kit');
    }));

  it('are not opened outside the workspace, by whatever way', () =>
    withTemporaryFolder((outside) =>
      withLibrary(async ({ library, folder }) => {
        await writeFile(join(outside, 'x.plan.md'), good);
        await symlink(outside, join(folder, 'link'));
        for (const way of ['../x.plan.md', join(outside, 'x.plan.md'), 'link/x.plan.md']) {
          await assert.rejects(library.open(way, null), (error) => {
            assert(RunsheetError.is(error, 'forbidden'), `${way}: ${String(error)}`);
            return true;
          });
        }
      }),
    ));

  it('say what is wrong with a file that is none', () =>
    withLibrary(async ({ library, write }) => {
      await write('a.txt', 'Hello');
      await write('b.plan.md', '');
      await assert.rejects(library.open('a.txt', null), /not a plan that Runsheet knows/);
      await assert.rejects(library.open('b.plan.md', null), /^RunsheetError: b\.plan\.md:1: /);
      await assert.rejects(library.open('gone.plan.md', null), (error) =>
        RunsheetError.is(error, 'not_found'),
      );
      await assert.rejects(library.open('a.txt', 'nonsense'), (error) => RunsheetError.is(error));
    }));

  it('say what a file is that a tool keeps beside its plans', () =>
    withLibrary(async ({ library, write }) => {
      const path = 'notes/session.md';
      await write(path, sessionReport);
      const opened = await library.open(path, null);
      assert.equal(opened.plan, null);
      assert.equal(
        opened.text,
        'Session report of the codebase-mcp format, no plan in it: 2 of 4 tasks claimed.',
      );
      assert.deepEqual(library.all(), []);
      assert.deepEqual(library.problemsAt(path), opened.problems);
      assert.equal(library.placeOf(path)?.place.format.name, 'codebase-mcp');
    }));

  it('take a file for a plan as soon as it is one', () =>
    withLibrary(async ({ library, write }) => {
      await write('b.plan.md', '');
      await assert.rejects(library.open('b.plan.md', null));
      await write('b.plan.md', good);
      await library.refresh('b.plan.md');
      assert.equal(library.placeOf('b.plan.md')?.entries.length, 1);
      assert.deepEqual(library.problemsAt('b.plan.md'), []);
    }));
});

describe('a plan of several files', () => {
  const task = (id: string, status: string) =>
    `---\nid: ${id}\ntitle: Do ${id}\nstatus: ${status}\n---\n`;
  const config = 'project_name: Shop\nstatuses: [To Do, In Progress, Done]\n';

  it('is one plan at its folder, and is read again when one of its files changes', () =>
    withLibrary(async ({ library, write }) => {
      await write('backlog/config.yml', config);
      await write('backlog/tasks/task-1 - a.md', task('task-1', 'To Do'));
      await write('backlog/tasks/task-2 - b.md', task('task-2', 'Done'));
      await library.discover();
      const [entry, ...others] = library.all();
      assert.deepEqual(others, []);
      assert.equal(entry?.path, 'backlog');
      assert.equal(entry.files.includes('backlog/tasks/task-1 - a.md'), true);
      const kept = library.placeOf('backlog')?.place.source?.others;
      await write('backlog/tasks/task-1 - a.md', task('task-1', 'Done'));
      const again = await library.refresh('backlog/tasks/task-1 - a.md');
      assert.equal(again?.planId, entry.planId);
      const done = again.plan.phases.flatMap(({ subtasks }) => subtasks.map((one) => one.status));
      assert.deepEqual(done, ['claimed', 'claimed']);
      const now = library.placeOf('backlog')?.place.source?.others;
      const other = 'backlog/tasks/task-2 - b.md';
      assert.equal(now?.get(other), kept?.get(other), 'what did not change is kept');
    }));

  it('shares files with others, which are read again, too', () =>
    withLibrary(async ({ library, write }) => {
      const changes = ['one', 'two'].map((id) => `openspec/changes/${id}`);
      for (const change of changes) {
        await write(`${change}/tasks.md`, '- [ ] 1.1 a\n');
        await write(`${change}/api/tasks.md`, '- [ ] 1.1 b\n');
      }
      const schema = (files: string) =>
        `artifacts:\n  - id: tasks\n    generates: "${files}"\napply:\n  tracks: tasks\n`;
      await write('openspec/config.yaml', 'schema: ours\n');
      await write('openspec/schemas/ours/schema.yaml', schema('tasks.md'));
      await library.discover();
      const counts = () =>
        library.all().map(({ plan }) => plan.phases.flatMap((phase) => phase.subtasks).length);
      assert.deepEqual(counts(), [1, 1]);
      await write('openspec/schemas/ours/schema.yaml', schema('**/tasks.md'));
      await library.refresh('openspec/schemas/ours/schema.yaml');
      assert.deepEqual(counts(), [2, 2]);
    }));

  it('takes in files that come, and loses those that go', () =>
    withLibrary(async ({ library, write, titles, folder }) => {
      await write('backlog/config.yml', config);
      await write('backlog/tasks/task-1 - a.md', task('task-1', 'To Do'));
      await library.discover();
      const late = 'backlog/tasks/task-2 - b.md';
      await write(late, task('task-2', 'To Do'));
      assert.equal(library.concerns(late), true);
      await library.refresh(late);
      assert.deepEqual(titles(), ['Do task-1', 'Do task-2']);
      await rm(join(folder, late));
      await library.refresh(late);
      assert.deepEqual(titles(), ['Do task-1']);
    }));
});

describe('a checklist', () => {
  it('is a plan where the settings name it, and nowhere else', () =>
    withLibrary(async ({ library, write, titles }) => {
      await write('notes/todo.md', '# Later\n- [ ] Sweep\n- [x] Mop\n');
      await write('README.md', '# Read me\n- [ ] not a plan\n');
      await library.discover();
      assert.deepEqual(
        library.all().map(({ path: at, plan }) => [at, plan.format]),
        [['notes/todo.md', 'markdown']],
      );
      assert.deepEqual(titles(), ['Sweep', 'Mop']);
      assert.equal(library.concerns('notes/new.md'), true);
      assert.equal(library.concerns('README.md'), false);
    }));
});

describe('several plans of one file', () => {
  const tags = (names: string[]) =>
    JSON.stringify(
      Object.fromEntries(names.map((name) => [name, { tasks: [{ id: 1, title: `In ${name}` }] }])),
    );
  const tasks = '.taskmaster/tasks/tasks.json';

  it('have an identity each, which they keep', () =>
    withLibrary(async ({ library, write, store }) => {
      await write(tasks, tags(['master', 'feature']));
      await library.discover();
      const ids = new Map(library.all().map(({ reference, planId }) => [reference, planId]));
      assert.deepEqual([...ids.keys()], [`${tasks}@master`, `${tasks}@feature`]);
      assert.equal(library.at(`${tasks}@feature`)?.planId, ids.get(`${tasks}@feature`));
      const opened = await library.open(`${tasks}@feature`, null);
      assert(opened.plan !== null);
      assert.equal(opened.planId, ids.get(`${tasks}@feature`));
      await write(tasks, tags(['feature', 'other']));
      await library.refresh(tasks);
      assert.equal(library.at(`${tasks}@feature`)?.planId, ids.get(`${tasks}@feature`));
      assert.equal(library.at(`${tasks}@master`), null);
      const rows = await store.query(plans.all, undefined);
      assert.deepEqual(rows.map((row) => row.source_name).toSorted(), ['feature', 'other']);
    }));
});
