import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeFiles } from '../../../src/platform/files';
import { silentLog } from '../../../src/platform/log';
import { keyFileOf, Origin } from '../../../src/runs/origin';
import { withTemporaryFolder } from '../../support/temporary-folder';

const files = new NodeFiles();
const origin = (workspace: string, keyFile: string) =>
  new Origin(workspace, keyFile, files, silentLog);

describe('the origin of a database', () => {
  it('is ours after we claimed it, for every later engine of the person', () =>
    withTemporaryFolder(async (folder) => {
      await mkdir(join(folder, '.runsheet'));
      const key = join(folder, 'home', 'key');
      assert.equal(await origin(folder, key).isOurs(), false);
      await origin(folder, key).claim();
      assert.equal(await origin(folder, key).isOurs(), true);
    }));

  it('is not ours when the folder came from another person or another place', () =>
    withTemporaryFolder(async (folder) => {
      const [theirs, mine] = [join(folder, 'theirs'), join(folder, 'mine')];
      await mkdir(join(theirs, '.runsheet'), { recursive: true });
      await origin(theirs, join(folder, 'their-key')).claim();
      assert.equal(await origin(theirs, join(folder, 'my-key')).isOurs(), false);
      await origin(mine, join(folder, 'my-key'))
        .claim()
        .catch(() => undefined);
      await cp(theirs, mine, { recursive: true });
      assert.equal(await origin(mine, join(folder, 'their-key')).isOurs(), false);
    }));

  it('is not ours when the seal was made up', () =>
    withTemporaryFolder(async (folder) => {
      await mkdir(join(folder, '.runsheet'));
      await writeFile(join(folder, '.runsheet', 'origin'), 'f'.repeat(64));
      assert.equal(await origin(folder, join(folder, 'key')).isOurs(), false);
    }));

  it('keeps the key outside of every workspace', () => {
    assert.equal(keyFileOf({}, '/home/ada'), join('/home/ada', '.config', 'runsheet', 'key'));
    assert.equal(keyFileOf({ XDG_CONFIG_HOME: '/c' }, '/home/ada'), join('/c', 'runsheet', 'key'));
  });
});
