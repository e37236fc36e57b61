import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeFiles } from '../../../src/platform/files';
import { Mutex } from '../../../src/platform/mutex';
import { insideDirectory } from '../../../src/platform/paths';

describe('insideDirectory', () => {
  let folder: string;
  let root: string;
  const files = new NodeFiles();

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'runsheet-paths-')));
    root = join(folder, 'root');
    mkdirSync(join(root, 'sub'), { recursive: true });
    mkdirSync(join(folder, 'root-other'));
    writeFileSync(join(root, 'sub', 'file'), '');
    symlinkSync(join(folder, 'root-other'), join(root, 'out'));
    symlinkSync('sub', join(root, 'in'));
    symlinkSync('../not-there', join(root, 'dangling'));
  });

  after(() => rmSync(folder, { recursive: true }));

  for (const path of ['sub/file', 'sub/../sub/file', '.', 'new/deep/file', 'in/file', '..name'])
    it(`keeps ${path}, which stays inside`, async () => {
      assert.equal(await insideDirectory(files, root, path), join(root, path));
    });

  for (const path of [
    '../root-other',
    'sub/../../root-other',
    '/etc/passwd',
    'C:\\x',
    'C:x',
    '\\\\host\\share',
    'out',
    'out/new/file',
    'dangling',
    'dangling/file',
    'a\0b',
  ])
    it(`refuses ${JSON.stringify(path)}, which leaves`, async () => {
      assert.equal(await insideDirectory(files, root, path), null);
    });

  it('refuses everything below a root that does not exist', async () => {
    assert.equal(await insideDirectory(files, join(folder, 'gone'), 'x'), null);
  });
});

describe('Mutex', () => {
  it('serves in order, one at a time, and goes on after a failure', async () => {
    const mutex = new Mutex();
    const story: string[] = [];
    const work = (name: string, fails: boolean) => async () => {
      story.push(`${name} begins`);
      await Promise.resolve();
      story.push(`${name} ends`);
      if (fails) throw new Error(name);
    };
    const first = mutex.run(work('first', true));
    const second = mutex.run(work('second', false));
    await assert.rejects(first, /first/);
    await second;
    assert.deepEqual(story, ['first begins', 'first ends', 'second begins', 'second ends']);
  });
});
