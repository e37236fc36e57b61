import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { times } from '../support/database';
import { withTemporaryFolder } from '../support/temporary-folder';

describe('the lock of a database', () => {
  it('is never held by two of several processes that kill themselves at random', () =>
    withTemporaryFolder(async (folder) => {
      const log = join(folder, 'log');
      writeFileSync(log, '');
      const heldAtLeast = times(150, 5000);
      const living = new Set<ChildProcess>();
      let started = 0;
      let over = false;
      const start = (): void => {
        started++;
        const program = join(__dirname, '../support/lock-contender.ts');
        const child = spawn(process.execPath, ['--import', 'tsx', program, folder], {
          stdio: 'ignore',
        });
        living.add(child);
        child.once('exit', () => {
          living.delete(child);
          if (!over) start();
        });
      };
      for (let contender = 0; contender < 4; contender++) start();
      const lines = (): string[] => readFileSync(log, 'utf8').split('\n').filter(Boolean);
      while (lines().length < heldAtLeast) await delay(50);
      over = true;
      await Promise.all(
        [...living].map(async (child) => {
          const ended = once(child, 'exit');
          child.kill('SIGKILL');
          await ended;
        }),
      );
      assert.deepEqual(
        lines().filter((line) => line !== 'held'),
        [],
      );
      assert.ok(started > 4, 'some died while they held it');
    })).timeout(times(120_000, 1_800_000));
});
