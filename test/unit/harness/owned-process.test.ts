import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  endProcess,
  OwnedProcess,
  processesMarked,
  runToEnd,
} from '../../support/owned-process.js';

const forEver = 'setInterval(() => {}, 1000)';
const mark = 'RUNSHEET_HARNESS_TEST';

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(20);
}

describe('a process of the harness', function () {
  before(function () {
    // Processes are found by their environment, which only Linux shows.
    if (process.platform !== 'linux') this.skip();
  });

  it('takes its children with it when it is stopped', async () => {
    const id = randomUUID();
    const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(forEver)}]); ${forEver}`;
    const child = await OwnedProcess.start(process.execPath, ['-e', parent], {
      env: { ...process.env, [mark]: id },
      output: () => undefined,
    });
    await until(() => processesMarked(mark, id).length === 2);
    await child.stop();
    await until(() => processesMarked(mark, id).length === 0);
  });

  it('is found by its mark after it left its parent', async () => {
    const id = randomUUID();
    const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(forEver)}], { detached: true, stdio: 'ignore' }).unref()`;
    const env = { ...process.env, [mark]: id };
    assert.equal((await runToEnd(process.execPath, ['-e', parent], { env })).code, 0);
    const [left] = processesMarked(mark, id);
    assert.match(left?.command ?? '', /setInterval/);
    endProcess(left?.pid ?? 0);
    await until(() => processesMarked(mark, id).length === 0);
  });

  it('says how it ended and what it printed', async () => {
    const done = await runToEnd(process.execPath, ['-e', 'console.log("words"); process.exit(3)']);
    assert.deepEqual(done, { code: 3, signal: null, output: 'words\n' });
  });
});
