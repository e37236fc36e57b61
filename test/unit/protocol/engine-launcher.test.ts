import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunsheetError } from '../../../src/model/errors';
import { ownerDirectory, ownerFileName } from '../../../src/model/owner-file';
import {
  connectToEngine,
  connectToLivingEngine,
  type EngineAddress,
} from '../../../src/protocol/engine-launcher';
import { databasePath, lookUpOwner } from '../../../src/protocol/owner-lookup';
import { FakeEngine } from '../../support/fake-engine';
import { withTemporaryFolder } from '../../support/temporary-folder';

const identity = {
  ...{ person: 'ada', trusted: true, run: null },
  client: { kind: 'test' as const, version: '1', pid: process.pid },
};

/** An address whose engine program is this script; it counts its starts in a file. */
async function addressOf(workspace: string, script: string): Promise<EngineAddress> {
  const file = join(workspace, 'engine.cjs');
  const counting = `require('node:fs').appendFileSync(${JSON.stringify(join(workspace, 'starts'))}, JSON.stringify({
    args: process.argv.slice(2), cwd: process.cwd(), run: process.env.RUNSHEET_RUN_ID ?? null,
    electron: process.env.ELECTRON_RUN_AS_NODE }) + '\\n');`;
  await writeFile(file, `${counting}\n${script}`);
  const env = { ...process.env, RUNSHEET_RUN_ID: 'some-run' };
  return { workspace, program: { node: process.execPath, script: file, env }, identity };
}

async function starts(workspace: string): Promise<unknown[]> {
  const text = await readFile(join(workspace, 'starts'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
}

async function refusal(work: Promise<unknown>): Promise<RunsheetError> {
  const error: unknown = await work.then(
    () => null,
    (refused: unknown) => refused,
  );
  assert(RunsheetError.is(error), String(error));
  return error;
}

describe('a client of the engine', function () {
  this.timeout(20_000);

  it('finds the one that lives, and starts none', () =>
    withTemporaryFolder(async (workspace) => {
      const engine = await FakeEngine.start(workspace);
      try {
        const address = await addressOf(workspace, '');
        const { socket, welcome } = await connectToEngine(address);
        assert.equal(welcome.engineId, 'fake');
        assert.deepEqual(engine.hellos[0]?.person, 'ada');
        assert.deepEqual(await starts(workspace), []);
        socket.destroy();
      } finally {
        await engine.stop();
      }
    }));

  it('starts one in the workspace, which is no part of a run that started the client', () =>
    withTemporaryFolder(async (workspace) => {
      const address = await addressOf(workspace, `console.log('failed unavailable no luck');`);
      await refusal(connectToEngine(address));
      assert.deepEqual(await starts(workspace), [
        { args: ['--workspace', workspace], cwd: workspace, run: null, electron: '1' },
      ]);
    }));

  it('tells what the engine says of its start, by code and in its words', () =>
    withTemporaryFolder(async (workspace) => {
      const message = 'The database is of a newer version. Update Runsheet.';
      const address = await addressOf(
        workspace,
        `console.log('failed newer_database ${message}');`,
      );
      const error = await refusal(connectToEngine(address));
      assert.deepEqual([error.code, error.message], ['newer_database', message]);
    }));

  it('takes a line that comes in pieces, and an unknown code', () =>
    withTemporaryFolder(async (workspace) => {
      const script = `process.stdout.write('failed stra', () => setImmediate(() => process.stdout.write('nge Something else.\\n')));`;
      const error = await refusal(connectToEngine(await addressOf(workspace, script)));
      assert.deepEqual([error.code, error.message], ['unavailable', 'Something else.']);
    }));

  it('tries some more times when the engine ends without a word, then says where to look', () =>
    withTemporaryFolder(async (workspace) => {
      const error = await refusal(connectToEngine(await addressOf(workspace, 'process.exit(7);')));
      assert.equal(error.code, 'unavailable');
      assert.match(error.message, /exit code 7.*engine\.log/);
      const count = (await starts(workspace)).length;
      assert(count > 1 && count < 10, String(count));
    }));

  it('says when there is no program to start', () =>
    withTemporaryFolder(async (workspace) => {
      const address = await addressOf(workspace, '');
      const program = { ...address.program, node: join(workspace, 'no-such-node') };
      const error = await refusal(connectToEngine({ ...address, program }));
      assert.equal(error.code, 'unavailable');
      assert.match(error.message, /ENOENT/);
    }));

  it('finds nobody behind an owner file of a dead engine', () =>
    withTemporaryFolder(async (workspace) => {
      const engine = await FakeEngine.start(workspace);
      const owner = await lookUpOwner(workspace);
      await engine.stop();
      const folder = ownerDirectory(databasePath(workspace));
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, ownerFileName(1)), JSON.stringify(owner));
      assert.equal(await connectToLivingEngine({ workspace, identity }), null);
    }));

  it('finds nobody where nothing is, or only half a file', () =>
    withTemporaryFolder(async (workspace) => {
      assert.equal(await lookUpOwner(workspace), null);
      const folder = ownerDirectory(databasePath(workspace));
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, ownerFileName(3)), '{"generation": 3, "tok');
      assert.equal(await lookUpOwner(workspace), null);
    }));
});
