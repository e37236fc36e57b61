import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withMachineLock } from '../../support/machine-lock.js';
import { withTemporaryFolder } from '../../support/temporary-folder.js';

describe('a machine lock', function () {
  before(function () {
    // The lock is an abstract socket, which only Linux has.
    if (process.platform !== 'linux') this.skip();
  });

  it('lets one in at a time', async () => {
    const name = randomUUID();
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise(setImmediate);
      inside--;
    };
    await Promise.all([1, 2, 3, 4].map(() => withMachineLock(name, work)));
    assert.equal(most, 1);
  });

  it('is free again after its owner was killed', async () => {
    const name = randomUUID();
    const lock = resolve(__dirname, '../../support/machine-lock.ts');
    await withTemporaryFolder(async (folder) => {
      const owner = join(folder, 'owner.ts');
      writeFileSync(
        owner,
        `import { withMachineLock } from ${JSON.stringify(lock)};
         void withMachineLock(${JSON.stringify(name)}, () => new Promise(() => process.send?.('in')));`,
      );
      const child = fork(owner, { execArgv: ['--import', require.resolve('tsx')] });
      await once(child, 'message');
      const mine = withMachineLock(name, async () => 'mine');
      child.kill('SIGKILL');
      assert.equal(await mine, 'mine');
    });
  });
});
