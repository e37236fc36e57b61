import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { convertCommand, type ConvertArgs } from '../../../src/cli/convert';
import type { Io } from '../../../src/cli/io';
import { withTemporaryFolder } from '../../support/temporary-folder';

const plan = '# Tasks: Shop\n## Phase 1: A\n- [x] T001 a\n- [ ] T002 b\n';

function inFolder(
  work: (
    folder: string,
    run: (more?: Partial<ConvertArgs>) => Promise<{ code: number; out: string; err: string }>,
  ) => Promise<void>,
): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    await writeFile(join(folder, 'tasks.md'), plan);
    await work(folder, async (more = {}) => {
      const told = { code: -1, out: '', err: '' };
      const io: Io = {
        cwd: folder,
        stdout: (text) => (told.out += text),
        stderr: (text) => (told.err += text),
      };
      const usual = { path: 'tasks.md', format: 'spec-kit', name: null, to: null, json: false };
      told.code = await convertCommand({ workspace: folder, ...usual, force: false, ...more }, io);
      return told;
    });
  });
}

describe('runsheet convert', () => {
  it('prints the plan in the Runsheet format', () =>
    inFolder(async (_folder, run) => {
      const { code, out } = await run();
      assert.equal(code, 0);
      assert.match(out, /^---\nrunsheet: 1\ntitle: Shop\n---\n/);
      assert.match(out, /- \[x\] T001 a\n- \[ \] T002 b\n {2}- depends: T001\n/);
    }));

  it('writes a file, and replaces one only when it is told to', () =>
    inFolder(async (folder, run) => {
      const to = 'shop.plan.md';
      assert.equal((await run({ to })).code, 0);
      await writeFile(join(folder, to), 'mine');
      const again = await run({ to });
      assert.equal(again.code, 1);
      assert.match(again.err, /is there already.*--force/);
      assert.equal(await readFile(join(folder, to), 'utf8'), 'mine');
      assert.equal((await run({ to, force: true })).code, 0);
      assert.match(await readFile(join(folder, to), 'utf8'), /T002 b/);
    }));

  it('says what is wrong where there is no plan, and which one is meant where there are several', () =>
    inFolder(async (_folder, run) => {
      const none = await run({ path: 'nothing.md' });
      assert.deepEqual([none.code, none.out], [1, '']);
      assert.match(none.err, /nothing\.md:1: error not-found/);
      const tags = '{"a":{"tasks":[{"id":1,"title":"x"}]},"b":{"tasks":[{"id":1,"title":"y"}]}}';
      await writeFile(join(_folder, 'tasks.json'), tags);
      const several = { path: 'tasks.json', format: 'task-master' };
      const unnamed = await run(several);
      assert.equal(unnamed.code, 1);
      assert.match(unnamed.err, /--plan: tasks\.json@a, tasks\.json@b/);
      assert.match((await run({ ...several, name: 'b' })).out, / y\n/);
    }));
});
