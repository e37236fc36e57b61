import assert from 'node:assert/strict';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskUsage } from '../../../src/workspaces/disk-usage';
import { withTemporaryFolder } from '../../support/temporary-folder';

describe('what a folder takes on the disk', () => {
  it('counts every file below it, a file of several names once, and follows no link', () =>
    withTemporaryFolder(async (folder) => {
      const inner = join(folder, 'one', 'two');
      mkdirSync(inner, { recursive: true });
      const empty = await diskUsage(folder);
      writeFileSync(join(inner, 'big'), Buffer.alloc(400_000, 'x'));
      const once = await diskUsage(folder);
      assert.ok(once - empty >= 400_000 && once - empty < 500_000, String(once - empty));
      linkSync(join(inner, 'big'), join(folder, 'same'));
      symlinkSync(join(inner, 'big'), join(folder, 'link'));
      assert.ok((await diskUsage(folder)) - once < 100_000);
    }));

  it('is nothing for a folder that is gone', async () => {
    assert.equal(await diskUsage('/nowhere/at/all'), 0);
  });
});
