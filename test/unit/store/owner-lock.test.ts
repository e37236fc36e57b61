import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { RunsheetError } from '../../../src/model/errors';
import { ownerDirectory, ownerFileName, probeLine } from '../../../src/model/owner-file';
import { SystemClock } from '../../../src/platform/clock';
import {
  acquireOwnership,
  type Ownership,
  type OwnershipOptions,
  readOwner,
} from '../../../src/store/owner-lock';
import { answerProbe } from '../../../src/store/owner-probe';
import { FakeClock } from '../../support/fake-clock';
import { withLockableFolder } from '../../support/small-disk';
import { withTemporaryFolder } from '../../support/temporary-folder';

const token = 'a token of this engine';

/** Listens as an engine does; `answer: null` is one that hangs. */
async function listen(
  endpoint: string,
  answer: (chunk: Uint8Array) => string | null,
): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const text = answer(chunk);
      if (text !== null) socket.write(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(endpoint, resolve));
  return server;
}

interface Setting {
  path: string;
  endpoint: string;
  options: OwnershipOptions;
}

async function withSetting(work: (setting: Setting) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, '.runsheet', 'runsheet.db');
    const endpoint = join(folder, 'engine.sock');
    const options = { databasePath: path, endpoint, token, clock: new SystemClock() };
    await work({ path, endpoint, options });
  });
}

function owned(ownership: Ownership): Extract<Ownership, { kind: 'owner' }> {
  assert.ok(ownership.kind === 'owner');
  return ownership;
}

describe('ownership of a database', () => {
  it('goes to the first who asks, with a fence that holds until it is released', () =>
    withSetting(async ({ path, options }) => {
      const ownership = owned(await acquireOwnership(options));
      assert.equal(ownership.generation, 1);
      assert.ok(existsSync(ownership.fence.mine));
      assert.ok(!existsSync(ownership.fence.next));
      assert.equal((await readOwner(path))?.token, token);
      await ownership.release();
      assert.ok(existsSync(ownership.fence.next));
      assert.equal(await readOwner(path), null);
    }));

  it('stays with an owner who answers', () =>
    withSetting(async ({ endpoint, options }) => {
      const server = await listen(endpoint, (chunk) => answerProbe(chunk, token));
      const ownership = owned(await acquireOwnership(options));
      const other = await acquireOwnership({
        ...options,
        endpoint: 'other',
        token: 'other token 123',
      });
      assert.deepEqual(other, { kind: 'other', endpoint, token, pid: process.pid, state: 'alive' });
      await ownership.release();
      server.close();
    }));

  it('passes to the next when nobody listens any more, who deletes the older locks', () =>
    withSetting(async ({ path, options }) => {
      const dead = owned(await acquireOwnership(options)); // its endpoint was never there
      const next = owned(await acquireOwnership(options));
      assert.equal(next.generation, 2);
      assert.ok(existsSync(dead.fence.next), 'the dead one could see it');
      assert.deepEqual(readdirSync(ownerDirectory(path)), [ownerFileName(2)]);
      await Promise.all([dead.release(), next.release()]);
    }));

  it('passes to the next when the endpoint belongs to another engine', () =>
    withSetting(async ({ endpoint, options }) => {
      const dead = owned(await acquireOwnership(options));
      const server = await listen(endpoint, (chunk) => answerProbe(chunk, 'of another workspace'));
      const next = owned(await acquireOwnership(options));
      assert.equal(next.generation, 2);
      server.close();
      await Promise.all([dead.release(), next.release()]);
    }));

  it('is not taken from an owner who listens and does not answer', () =>
    withSetting(async ({ endpoint, options }) => {
      const server = await listen(endpoint, () => null);
      const owner = owned(await acquireOwnership(options));
      const clock = new FakeClock();
      const asking = acquireOwnership({ ...options, clock });
      while (clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
      await clock.pass(2000);
      const other = await asking;
      assert.ok(other.kind === 'other' && other.state === 'hung');
      await owner.release();
      server.close();
    }));

  it('is not taken from an owner in another realm whose heart beats', () =>
    withSetting(async ({ options }) => {
      const owner = owned(
        await acquireOwnership({ ...options, realm: 'elsewhere', heartbeatEvery: 20 }),
      );
      const other = await acquireOwnership({ ...options, expiry: 1200 });
      assert.ok(other.kind === 'other' && other.state === 'elsewhere');
      await owner.release();
    }));

  it('is taken from an owner in another realm whose heart stands still, who then learns of it', () =>
    withSetting(async ({ options }) => {
      const clock = new FakeClock(); // stands still
      const lost: string[] = [];
      const onLost = (): void => void lost.push('lost');
      const owner = owned(
        await acquireOwnership({ ...options, realm: 'elsewhere', clock, onLost }),
      );
      const next = owned(await acquireOwnership({ ...options, expiry: 120 }));
      assert.equal(next.generation, 2);
      const beating = clock.pass(5000);
      while (lost.length === 0) await new Promise((resolve) => setImmediate(resolve));
      await beating;
      await Promise.all([owner.release(), next.release()]);
    }));

  it('passes on over a lock file that was cut off while it was born', () =>
    withSetting(async ({ path, options }) => {
      mkdirSync(ownerDirectory(path), { recursive: true });
      writeFileSync(join(ownerDirectory(path), ownerFileName(4)), '');
      const clock = new FakeClock();
      const asking = acquireOwnership({ ...options, clock });
      while (clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
      await clock.pass(2000);
      assert.equal(owned(await asking).generation, 5);
    }));

  it('goes to one alone of many who ask at the same instant', () =>
    withSetting(async ({ endpoint, options }) => {
      const server = await listen(endpoint, (chunk) => answerProbe(chunk, token));
      const all = await Promise.all(Array.from({ length: 20 }, () => acquireOwnership(options)));
      const owners = all.filter((ownership) => ownership.kind === 'owner');
      assert.equal(owners.length, 1);
      for (const owner of owners) await owner.release();
      server.close();
    }));

  it('keeps its token from other users', function () {
    if (process.platform === 'win32') this.skip();
    return withSetting(async ({ options }) => {
      const owner = owned(await acquireOwnership(options));
      assert.equal(statSync(owner.fence.mine).mode & 0o777, 0o600);
      await owner.release();
    });
  });

  it('cannot be had in a read-only folder, and says so', () =>
    withLockableFolder(async (folder, lock) => {
      writeFileSync(join(folder, '.gitignore'), '*\n');
      lock();
      const databasePath = join(folder, 'runsheet.db');
      const clock = new SystemClock();
      await assert.rejects(
        acquireOwnership({ databasePath, endpoint: 'none', token, clock }),
        (error) => RunsheetError.is(error, 'read_only'),
      );
    }));
});

describe('the answer to a probe', () => {
  it('proves the token without telling it', () => {
    const hash = createHash('sha256').update(token).digest('hex');
    assert.equal(answerProbe(probeLine, token), `${hash}\n`);
    assert.equal(answerProbe(Buffer.from(probeLine), token), `${hash}\n`);
  });

  it('is given to nothing else', () => {
    assert.equal(answerProbe('Content-Length: 10\r\n', token), null);
    assert.equal(answerProbe('RUNSHEET HELLO {}\n', token), null);
  });
});
