import assert from 'node:assert/strict';
import { timestampLike } from '../../../src/formats/timestamps';

describe('timestampLike', () => {
  it('writes a time as exactly as another, and in its zone', () => {
    const at = '2026-03-04T23:30:07.125Z';
    const like = (written: string) => timestampLike(written, at);
    assert.equal(like('2025-01-01T00:00:00.000Z'), '2026-03-04T23:30:07.125Z');
    assert.equal(like('2025-01-01T00:00:00Z'), '2026-03-04T23:30:07Z');
    assert.equal(
      like('2025-01-01T00:00:00.123456789+02:00'),
      '2026-03-05T01:30:07.125000000+02:00',
    );
    assert.equal(like('2025-01-01T00:00:00.1-05:30'), '2026-03-04T18:00:07.1-05:30');
    assert.equal(like('2025-01-01 00:00'), '2026-03-04 23:30');
    assert.equal(like('2025-01-01'), '2026-03-04');
  });

  it('leaves forms alone that it does not know', () => {
    assert.equal(timestampLike('yesterday', '2026-03-04T05:06:07Z'), null);
    assert.equal(timestampLike('2025-01-01', 'now'), null);
  });
});
