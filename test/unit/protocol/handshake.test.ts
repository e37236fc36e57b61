import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { RunsheetError } from '../../../src/model/errors';
import { introduce, PROTOCOL_VERSION, readLine } from '../../../src/protocol/handshake';
import { until } from '../../support/until';

describe('reading the first line of a connection', () => {
  let server: Server;
  let ends: Socket[];
  let endpoint: string;
  beforeEach(async () => {
    ends = [];
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      ends.push(socket);
    });
    endpoint = join(tmpdir(), `runsheet-test-${randomUUID()}.sock`);
    if (process.platform === 'win32') endpoint = `\\\\.\\pipe\\${randomUUID()}`;
    server.listen(endpoint);
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const socket of ends) socket.destroy();
    server.close();
  });

  /** Both ends of a connection: ours, and the one that speaks first. */
  async function pair(): Promise<{ ours: Socket; theirs: Socket }> {
    const theirs = connect(endpoint);
    theirs.on('error', () => undefined);
    const before = ends.length;
    await once(theirs, 'connect');
    await until(() => ends.length > before);
    const ours = ends[before];
    assert(ours !== undefined);
    ours.pause();
    return { ours, theirs };
  }

  async function rest(socket: Socket): Promise<string> {
    const parts: Buffer[] = [];
    socket.on('data', (data: Buffer) => parts.push(data)).resume();
    await once(socket, 'end');
    return Buffer.concat(parts).toString('utf8');
  }

  it('finds it however it is cut into pieces, and leaves what follows', () =>
    fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll('\n', ' ')),
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.array(fc.nat(80), { maxLength: 4 }),
        async (line, after, cuts) => {
          const { ours, theirs } = await pair();
          const bytes = Buffer.from(`${line}\n${after}`);
          const reading = readLine(ours, 5000);
          let from = 0;
          for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
            const piece = bytes.subarray(from, Math.max(from, cut));
            from = Math.max(from, cut);
            if (piece.length > 0) await new Promise((done) => theirs.write(piece, done));
          }
          theirs.end();
          assert.equal(await reading, Buffer.from(line).toString('utf8'));
          assert.equal(await rest(ours), Buffer.from(after).toString('utf8'));
          ours.destroy();
        },
      ),
      { numRuns: 40 },
    ));

  it('gives up on an end that says nothing, closes, or does not stop', async () => {
    const silent = await pair();
    await assert.rejects(readLine(silent.ours, 10), /does not answer/);
    const closing = await pair();
    const reading = readLine(closing.ours, 5000);
    closing.theirs.end();
    await assert.rejects(reading, /closed before it began/);
    const endless = await pair();
    const never = readLine(endless.ours, 5000);
    endless.theirs.write('x'.repeat(70_000));
    await assert.rejects(never, /does not speak Runsheet/);
    for (const { theirs } of [silent, closing, endless]) theirs.destroy();
  });

  it('leaves no listener behind', async () => {
    const { ours, theirs } = await pair();
    const count = () => ours.listenerCount('data') + ours.listenerCount('close');
    const before = count();
    const reading = readLine(ours, 5000);
    theirs.write('hello\n');
    await reading;
    assert.equal(count(), before);
    theirs.destroy();
  });

  describe('when a client introduces itself', () => {
    const hello = {
      ...{ protocol: PROTOCOL_VERSION, token: 't', person: 'ada', trusted: true, run: null },
      client: { kind: 'test' as const, version: '1', pid: 1 },
    };

    async function answered(answer: string): Promise<unknown> {
      const { ours, theirs } = await pair();
      theirs.once('data', () => theirs.write(answer));
      try {
        return await introduce(ours, hello);
      } finally {
        theirs.destroy();
      }
    }

    it('gets the welcome', async () => {
      const welcome = {
        ...{ protocol: 1, engineVersion: '1', engineId: 'e', pid: 2, workspace: '/w' },
        notices: ['restored'],
      };
      assert.deepEqual(await answered(`${JSON.stringify({ welcome })}\n`), welcome);
    });

    it('gets a refusal as the error that it is', async () => {
      const refused = { code: 'protocol_mismatch', message: 'Update the client.' };
      await assert.rejects(answered(`${JSON.stringify({ refused })}\n`), (error) => {
        assert(RunsheetError.is(error, 'protocol_mismatch'));
        return error.message === 'Update the client.';
      });
    });

    it('believes nothing else', async () => {
      for (const answer of ['HTTP/1.1 400 Bad Request\n', '{"welcome": {}}\n', '\n']) {
        await assert.rejects(answered(answer), answer);
      }
    });
  });
});
