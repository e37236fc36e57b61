import assert from 'node:assert/strict';
import { maskSecrets } from '../../../src/model/secrets';

const dashes = '-----';
const key = (kind: string, body: string): string =>
  `${dashes}BEGIN ${kind}PRIVATE KEY${dashes}\n${body}\n${dashes}END ${kind}PRIVATE KEY${dashes}`;
const token = ['eyJhbGciOiJIUzI1', 'eyJzdWIiOiIxMjM0', 'c2lnbmF0dXJlMTIz'].join('.');

describe('credentials in texts', () => {
  it('are masked, private keys with what stands in their heads', () => {
    const pem = key('RSA ', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC\n\nAAAA+/=\nBBBB');
    assert.equal(maskSecrets(`a ${pem} b ${key('', 'AAAA')} c`), 'a •••••• b •••••• c');
    assert.equal(maskSecrets(`Use ${token}, then go on`), 'Use ••••••, then go on');
  });

  it('are looked for in time that grows with the text, however many beginnings it holds', () => {
    const beginnings = [`${dashes}BEGIN PRIVATE KEY${dashes}\n`, '-eyJaaaaaaaaaaa', 'token: '];
    for (const beginning of beginnings) {
      const text = beginning.repeat(100_000);
      const before = process.cpuUsage();
      maskSecrets(text);
      const { user } = process.cpuUsage(before);
      assert.ok(user < 2_000_000, `${beginning.trim()}: ${user / 1000} ms`);
    }
  });
});
