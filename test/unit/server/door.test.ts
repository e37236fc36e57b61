import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { helloPrefix, probeLine } from '../../../src/model/owner-file';
import { silentLog } from '../../../src/platform/log';
import { helloAnswerSchema, PROTOCOL_VERSION, type Hello } from '../../../src/protocol/handshake';
import { Door } from '../../../src/server/door';
import { until } from '../../support/until';

const welcome = {
  ...{ protocol: PROTOCOL_VERSION, engineVersion: '1', engineId: 'e', pid: 1 },
  ...{ workspace: '/w', notices: [] },
};

describe('the engine’s door', () => {
  let door: Door;
  let admitted: { socket: Socket; hello: Hello }[];
  const admit = () => door.open((socket, hello) => admitted.push({ socket, hello }));
  beforeEach(async () => {
    admitted = [];
    door = new Door(silentLog, () => welcome);
    await door.listen();
  });
  afterEach(() => door.close());

  const hello = (values: object = {}) => ({
    ...{ protocol: PROTOCOL_VERSION, token: door.token, person: 'ada', trusted: true, run: null },
    client: { kind: 'test', version: '1', pid: 1 },
    ...values,
  });
  const helloLine = (values: object = {}) => `${helloPrefix}${JSON.stringify(hello(values))}\n`;

  async function open(): Promise<Socket> {
    const socket = connect(door.endpoint);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  /** All that the engine answers until it closes, or has answered a line. */
  async function say(text: string | Uint8Array): Promise<string> {
    const socket = await open();
    let answer = '';
    let closed = false;
    socket.setEncoding('utf8').on('data', (data: string) => (answer += data));
    socket.on('close', () => (closed = true));
    socket.write(text);
    await until(() => closed || answer.includes('\n'), 'an answer');
    socket.destroy();
    return answer;
  }

  /** The engine's refusal, as code and message. */
  async function refusal(text: string): Promise<string[]> {
    const answer = helloAnswerSchema.parse(JSON.parse(await say(text)));
    assert('refused' in answer);
    return [answer.refused.code, answer.refused.message];
  }

  it('lets in who names the token, and says who it is', async () => {
    admit();
    const answer = helloAnswerSchema.parse(JSON.parse(await say(helloLine())));
    assert.deepEqual(answer, { welcome });
    assert.deepEqual(admitted[0]?.hello, hello());
  });

  it('keeps out who names another token, whatever its length', async () => {
    admit();
    for (const token of ['', 'x', 'x'.repeat(door.token.length), `${door.token}x`]) {
      const [code, message] = await refusal(helloLine({ token }));
      assert.deepEqual([code, message], ['forbidden', 'The token is wrong.']);
    }
    assert.deepEqual(admitted, []);
  });

  it('tells a client of another protocol who has to be updated', async () => {
    admit();
    const [code, older] = await refusal(helloLine({ protocol: PROTOCOL_VERSION - 1 }));
    assert.equal(code, 'protocol_mismatch');
    assert.match(older ?? '', /Update the client/);
    const [, newer] = await refusal(helloLine({ protocol: PROTOCOL_VERSION + 1 }));
    assert.match(newer ?? '', /engine stop/);
  });

  it('tells it also when it says more or less than we know of', async () => {
    admit();
    const strange = { protocol: PROTOCOL_VERSION + 1, token: door.token, who: 'me' };
    const [code] = await refusal(`${helloPrefix}${JSON.stringify(strange)}\n`);
    assert.equal(code, 'protocol_mismatch');
    // But only to those who may know.
    const [other] = await refusal(helloLine({ protocol: PROTOCOL_VERSION + 1, token: 'x' }));
    assert.equal(other, 'forbidden');
  });

  it('answers a probe with the hash of its token, also before it is open', async () => {
    const expected = createHash('sha256').update(door.token).digest('hex');
    assert.equal(await say(probeLine), `${expected}\n`);
  });

  it('says what it is to those who expect something else', async () => {
    admit();
    const [code, message] = await refusal('GET / HTTP/1.1\n');
    assert.equal(code, 'forbidden');
    assert.match(message ?? '', /Runsheet engine/);
    const [, unclear] = await refusal(`${helloPrefix}{"protocol": 1, "token": 5}\n`);
    assert.match(unclear ?? '', /not understood/);
    const [, broken] = await refusal(`${helloPrefix}{nonsense\n`);
    assert.match(broken ?? '', /not understood/);
  });

  it('closes on a line that does not end', async () => {
    admit();
    assert.equal(await say('x'.repeat(100_000)), '');
    assert.deepEqual(admitted, []);
  });

  it('lets clients wait until the engine is ready', async () => {
    const socket = await open();
    let answer = '';
    socket.setEncoding('utf8').on('data', (data: string) => (answer += data));
    socket.write(helloLine());
    // Somebody else is served meanwhile, so the first one's hello has been read.
    await say(probeLine);
    assert.equal(answer, '');
    admit();
    await until(() => answer.includes('\n'), 'the welcome');
    assert.equal(admitted.length, 1);
    socket.destroy();
  });

  it('does not take in who left while it waited', async () => {
    const socket = await open();
    socket.write(helloLine());
    await say(probeLine);
    socket.destroy();
    await once(socket, 'close');
    await say(probeLine);
    admit();
    const other = await open();
    other.write(helloLine({ person: 'bob' }));
    await until(() => admitted.some(({ hello: { person } }) => person === 'bob'));
    for (const {
      socket: taken,
      hello: { person },
    } of admitted) {
      if (person === 'ada') await until(() => taken.destroyed || taken.readableEnded);
    }
    other.destroy();
  });

  it('hands over what came behind the hello', async () => {
    admit();
    const socket = await open();
    socket.write(`${helloLine()}rest`);
    await until(() => admitted.length === 1);
    let rest = '';
    admitted[0]!.socket.setEncoding('utf8').on('data', (data: string) => (rest += data));
    admitted[0]!.socket.resume();
    await until(() => rest === 'rest', 'the rest');
    socket.destroy();
  });

  it('is reachable by its owner alone', async function () {
    if (process.platform === 'win32') this.skip();
    assert.equal((await stat(dirname(door.endpoint))).mode & 0o777, 0o700);
  });

  it('leaves no socket behind', async () => {
    const other = new Door(silentLog, () => welcome);
    await other.listen();
    assert.equal(existsSync(other.endpoint), true);
    await other.close();
    assert.equal(existsSync(other.endpoint), false);
  });
});
