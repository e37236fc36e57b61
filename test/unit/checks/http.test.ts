import assert from 'node:assert/strict';
import type { CheckContext } from '../../../src/checks/check';
import type { Http, HttpAnswer, HttpOptions } from '../../../src/platform/http';
import { checkContext, validator, validatorRunner } from '../../support/check-context';
import { FakeClock, settle } from '../../support/fake-clock';

type Answer = Partial<HttpAnswer> | Error | 'never';

/** A web in which each address answers as told. */
class FakeWeb implements Http {
  readonly asked: { url: string; options: HttpOptions }[] = [];

  constructor(private readonly answers: Readonly<Record<string, Answer>>) {}

  get(url: URL, options: HttpOptions): Promise<HttpAnswer> {
    this.asked.push({ url: url.href, options });
    const answer = this.answers[url.href] ?? { status: 404 };
    if (answer === 'never') return new Promise<HttpAnswer>(() => undefined);
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve({ status: 200, location: null, body: '', isWhole: true, ...answer });
  }

  get urls(): string[] {
    return this.asked.map(({ url }) => url);
  }
}

const home = 'http://localhost:3000/';

async function check(
  config: Record<string, unknown>,
  answers: Readonly<Record<string, Answer>>,
  parts: Partial<CheckContext> = {},
) {
  const web = new FakeWeb(answers);
  const runner = validatorRunner({ http: web });
  const checked = validator('http', { url: home, ...config });
  return { ...(await runner.run(checked, checkContext('/', parts))), web };
}

const failure = (code: string) => Object.assign(new Error(code), { code });

describe('the check http', () => {
  it('asks this machine, and compares the status', async () => {
    const passed = await check({}, { [home]: { body: 'hello' } });
    assert.equal(passed.outcome, 'passed');
    assert.deepEqual([passed.details['status'], passed.details['tail']], [200, 'hello']);
    assert.equal(passed.web.asked[0]?.options.loopbackOnly, true);
    const failed = await check({}, { [home]: { status: 500, body: 'broken' } });
    assert.equal(failed.outcome, 'failed');
    assert.match(failed.output, /500[^]*broken/);
    assert.equal((await check({ status: 500 }, { [home]: { status: 500 } })).outcome, 'passed');
  });

  it('looks for a pattern in the body', async () => {
    const answers = { [home]: { body: '{"ok": true}\n' } };
    assert.equal((await check({ body_pattern: '"ok": true' }, answers)).outcome, 'passed');
    const failed = await check({ body_pattern: '"ok": false' }, answers);
    assert.equal(failed.outcome, 'failed');
    assert.match(failed.message, /without/);
  });

  it('asks no host that is not declared', async () => {
    const elsewhere = { url: 'http://example.org/' };
    const answers = { 'http://example.org/': {}, 'http://example.org:8080/': {} };
    const refused = await check(elsewhere, answers);
    assert.deepEqual([refused.outcome, refused.web.urls], ['error', []]);
    assert.match(refused.message, /hosts/);
    const declared = await check(elsewhere, answers, { hosts: ['example.org'] });
    assert.equal(declared.outcome, 'passed');
    assert.equal(declared.web.asked[0]?.options.loopbackOnly, false);
    const port = { hosts: ['example.org:8080'] };
    assert.equal((await check(elsewhere, answers, port)).outcome, 'error');
    const other = { url: 'http://example.org:8080/' };
    assert.equal((await check(other, answers, port)).outcome, 'passed');
    assert.equal((await check(other, answers, { hosts: ['ample.org'] })).outcome, 'error');
  });

  it('knows this machine by its names alone', async () => {
    const own = ['http://127.0.0.1/', 'http://127.9.9.9/', 'http://[::1]/', 'http://a.localhost/'];
    for (const url of own)
      assert.equal((await check({ url }, { [url]: {} })).outcome, 'passed', url);
    const others = [
      'http://127.0.0.1.example.org/',
      'http://localhost.example.org/',
      'http://[::2]/',
    ];
    for (const url of others)
      assert.equal((await check({ url }, { [url]: {} })).outcome, 'error', url);
  });

  it('lets no value of a run change who is asked', async () => {
    const parts = { values: { subtask_key: 'x@example.org/..' } };
    const url = 'http://localhost:3000/{subtask_key}';
    const { web } = await check({ url }, {}, parts);
    assert.deepEqual(web.urls, ['http://localhost:3000/x%40example.org%2F..']);
    assert.equal((await check({ url: `${home}{nope}` }, {})).outcome, 'error');
  });

  it('follows redirects, but to no other host', async () => {
    const moved = (location: string) => ({ status: 302, location });
    const followed = await check({}, { [home]: moved('/new'), [`${home}new`]: { body: 'x' } });
    assert.deepEqual([followed.outcome, followed.web.urls], ['passed', [home, `${home}new`]]);
    for (const location of [
      'http://example.org/',
      'http://127.0.0.1:3000/',
      'file:///etc/passwd',
    ]) {
      const stray = await check({}, { [home]: moved(location) }, { hosts: ['example.org'] });
      assert.deepEqual([stray.outcome, stray.web.urls], ['failed', [home]], location);
    }
    const endless = await check({}, { [home]: moved('/') });
    assert.deepEqual([endless.outcome, endless.web.urls.length], ['failed', 6]);
    const expected = await check({ status: 302 }, { [home]: moved('/new') });
    assert.deepEqual([expected.outcome, expected.web.urls], ['passed', [home]]);
  });

  it('fails where nothing listens, and cannot judge where it could not ask', async () => {
    const refused = await check({}, { [home]: failure('ECONNREFUSED') });
    assert.equal(refused.outcome, 'failed');
    assert.match(refused.message, /nothing listens/);
    assert.equal((await check({}, { [home]: failure('ENOTFOUND') })).outcome, 'error');
  });

  it('is an error when nobody answers in time', async () => {
    const clock = new FakeClock();
    const web = new FakeWeb({ [home]: 'never' });
    const checked = validator('http', { url: home, timeout_seconds: 7 });
    const running = validatorRunner({ http: web, clock }).run(checked, checkContext('/'));
    await settle();
    await clock.pass(7_000);
    const result = await running;
    assert.equal(result.outcome, 'error');
    assert.match(result.message, /within 7 s/);
    assert.equal(web.asked[0]?.options.signal.aborted, true);
  });

  it('can be stopped', async () => {
    const stop = new AbortController();
    const running = check({}, { [home]: 'never' }, { signal: stop.signal });
    await settle();
    stop.abort();
    assert.equal((await running).outcome, 'skipped');
  });

  it('keeps no secret of a body', async () => {
    const secret = `sk-ant-${'a'.repeat(40)}`;
    const result = await check({}, { [home]: { body: `token ${secret}` } });
    assert.ok(!JSON.stringify(result.output + JSON.stringify(result.details)).includes(secret));
  });
});
