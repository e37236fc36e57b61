import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { NodeHttp } from '../../src/platform/http';
import { checkContext, validator, validatorRunner } from '../support/check-context';

/** A server of this machine while `work` goes on. */
async function serving<T>(
  listener: RequestListener,
  work: (address: string, server: Server) => Promise<T>,
): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  try {
    return await work(`http://127.0.0.1:${address.port}`, server);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const check = (config: Record<string, unknown>, signal = new AbortController().signal) =>
  validatorRunner().run(validator('http', config), checkContext('/', { signal }));

describe('the check http on a real server', () => {
  it('reads status and body, and sends nothing of the person', () =>
    serving(
      (request, response) => {
        assert.equal(request.method, 'GET');
        assert.equal(request.headers.cookie ?? request.headers.authorization, undefined);
        response.writeHead(request.url === '/health' ? 200 : 404).end('{"status":"ok"}');
      },
      async (address) => {
        const passed = await check({ url: `${address}/health`, body_pattern: '"status":"ok"' });
        assert.equal(passed.outcome, 'passed', passed.message);
        const failed = await check({ url: `${address}/other` });
        assert.deepEqual([failed.outcome, failed.details['status']], ['failed', 404]);
      },
    ));

  it('reaches it by the name localhost, too', () =>
    serving(
      (_request, response) => response.end('x'),
      async (address) => {
        const url = address.replace('127.0.0.1', 'localhost');
        assert.equal((await check({ url })).outcome, 'passed');
      },
    ));

  it('keeps the first megabyte of an answer that does not end', () =>
    serving(
      (_request, response) => {
        const piece = 'x'.repeat(64 * 1024);
        const more = (): void => {
          while (response.write(piece)) if (response.destroyed) return;
        };
        response.on('drain', more);
        more();
      },
      async (address) => {
        const result = await check({ url: address, body_pattern: 'end' });
        assert.equal(result.outcome, 'failed');
        assert.match(result.message, /in its first megabyte/);
        assert.ok(result.output.length < 1.1 * 1024 * 1024);
      },
    ));

  it('gives up a server that is silent, and leaves no connection to it', () =>
    serving(
      () => undefined,
      async (address, server) => {
        const result = await check({ url: address, timeout_seconds: 1 });
        assert.equal(result.outcome, 'error');
        assert.match(result.message, /within 1 s/);
        const open = () =>
          new Promise<number>((resolve) =>
            server.getConnections((_error, count) => resolve(count)),
          );
        while ((await open()) > 0) await new Promise((resolve) => setImmediate(resolve));
      },
    ));

  it('is stopped in the middle', () =>
    serving(
      (_request, response) => void response.write('begun'),
      async (address) => {
        const stop = new AbortController();
        const running = check({ url: address }, stop.signal);
        setImmediate(() => stop.abort());
        assert.equal((await running).outcome, 'skipped');
      },
    ));

  it('says that nothing listens', async () => {
    const address = await serving(
      (_request, response) => response.end(),
      (one) => Promise.resolve(one),
    );
    const result = await check({ url: address });
    assert.deepEqual([result.outcome, result.details['code']], ['failed', 'ECONNREFUSED']);
  });

  it('refuses a name that is to be this machine and leads elsewhere', () =>
    serving(
      (_request, response) => response.end('x'),
      async (address) => {
        const url = new URL(address.replace('127.0.0.1', 'localhost'));
        const get = (found: string) => {
          const http = new NodeHttp((_name, _options, tell) =>
            tell(null, [{ address: found, family: 4 }]),
          );
          const { signal } = new AbortController();
          return http.get(url, { signal, mostBytes: 10, loopbackOnly: true });
        };
        assert.equal((await get('127.0.0.1')).status, 200);
        await assert.rejects(get('10.0.0.1'), /is not this machine/);
      },
    ));
});
