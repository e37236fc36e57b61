import assert from 'node:assert/strict';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlanFiles, type ReadFile } from '../../../src/cli/plan-files';
import { discoverPlans } from '../../../src/formats/discovery';
import { subtasksOf } from '../../../src/model/plan';
import { NodeFiles } from '../../../src/platform/files';
import { silentLog } from '../../../src/platform/log';
import { PlanLibrary } from '../../../src/runs/plan-library';
import { skipLoudly } from '../../support/database';
import { InMemoryStore } from '../../support/in-memory-store';
import { withTemporaryFolder } from '../../support/temporary-folder';

async function put(folder: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const plansIn = (folder: string) => new PlanFiles(folder, folder, null).inWorkspace();
const rules = ({ reading }: ReadFile) => reading.problems.map(({ rule }) => rule);
const good = '- [ ] T01 Work\n';

describe('plan files that are hard to read', () => {
  it('links in a circle, to themselves and to nothing are not followed', () =>
    withTemporaryFolder(async (folder) => {
      await put(folder, 'a/a.plan.md', good);
      await symlink(folder, join(folder, 'a/up'));
      await symlink(join(folder, 'b'), join(folder, 'b'));
      await symlink('a.plan.md', join(folder, 'a/self.plan.md'));
      await symlink('gone.plan.md', join(folder, 'a/none.plan.md'));
      await mkdir(join(folder, '.planning/phases'), { recursive: true });
      await symlink(join(folder, '.planning'), join(folder, '.planning/phases/01-again'));
      await put(folder, '.planning/ROADMAP.md', '# Roadmap: A\n\n- [ ] **Phase 1: B** - c\n');
      const found = await plansIn(folder);
      assert.deepEqual(
        found.map(({ path }) => path),
        ['.planning', 'a/a.plan.md'],
      );
    }));

  it('a file that may not be read says so, and stops no other', function () {
    if (process.getuid?.() === 0) return skipLoudly(this, 'root may read every file');
    return withTemporaryFolder(async (folder) => {
      await put(folder, 'a.plan.md', good);
      await put(folder, 'b.plan.md', good);
      await chmod(join(folder, 'a.plan.md'), 0);
      const [unread, read] = await plansIn(folder);
      assert.deepEqual(unread && rules(unread), ['not-readable']);
      assert.equal(read?.reading.plans.length, 1);
    });
  });

  it('a file that is just being written keeps its last reading, and is read when it is whole', () =>
    withTemporaryFolder(async (folder) => {
      const path = '.auto-claude/specs/001-a/implementation_plan.json';
      const subtasks = [{ id: 's1', description: 'One' }];
      const whole = JSON.stringify({ feature: 'A', phases: [{ id: 'p', name: 'P', subtasks }] });
      await put(folder, path, whole);
      const store = await InMemoryStore.open();
      const library = new PlanLibrary(folder, new NodeFiles(), store, silentLog);
      await library.discover();
      const id = library.at(path)?.planId;
      assert.ok(id !== undefined);
      for (const length of [0, 1, Math.floor(whole.length / 2), whole.length - 1]) {
        await writeFile(join(folder, path), whole.slice(0, length));
        const entry = await library.refresh(path);
        assert.equal(entry?.planId, id, `${length} characters`);
        assert.deepEqual(
          subtasksOf(entry.plan).map(({ title }) => title),
          ['One'],
        );
        assert.notDeepEqual(entry.problems, []);
      }
      await writeFile(join(folder, path), whole.replace('One', 'Two'));
      const entry = await library.refresh(path);
      assert.ok(entry);
      assert.deepEqual([entry.planId, subtasksOf(entry.plan)[0]?.title], [id, 'Two']);
      await store.close();
    }));

  it('a plan of 100,000 lines is read with all that it says', () =>
    withTemporaryFolder(async (folder) => {
      const lines = Array.from({ length: 100_000 }, (_, at) => `- [ ] T${at} Step ${at}\n`);
      await put(folder, 'long.plan.md', lines.join(''));
      const [read] = await plansIn(folder);
      assert.equal(read?.reading.plans.flatMap(subtasksOf).length, 100_000);
    })).timeout(60_000);

  it('of many files those are named, and none else, that may be plans by their paths', async () => {
    const names = ['plan.txt', 'my-tasks.md', 'tasks.md.bak', 'task_001.txt', 'a.plan.mdx'];
    const files = Array.from({ length: 500 }, (_, at) => names[at % names.length] ?? '');
    const folders = files.map((_, at) => `docs-${at}`);
    const listed: string[] = [];
    const found = await discoverPlans(async (folder) => {
      listed.push(folder);
      if (folder === '') return folders.map((name) => ({ name, kind: 'directory' }));
      const at = folders.indexOf(folder);
      return [{ name: at === 7 ? 'a.plan.md' : (files[at] ?? ''), kind: 'file' }];
    });
    assert.deepEqual(found, ['docs-7/a.plan.md']);
    assert.equal(listed.length, 501);
  });
});
