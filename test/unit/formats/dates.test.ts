import assert from 'node:assert/strict';
import { datedLike } from '../../../src/formats/dates';

describe('datedLike', () => {
  it('writes a time in the form that stood there', () => {
    for (const [written, expected] of [
      ['2025-01-02', '2026-03-04'],
      ['2025-01-02 10:11', '2026-03-04 05:06'],
      ['2025-01-02T10:11:12Z', '2026-03-04T05:06:07Z'],
      ['01-02-2025 10:11', '03-04-2026 05:06'],
      ['13-02-2025', '04-03-2026'],
      ['01/02/2025 10:11:12', '03/04/2026 05:06:07'],
      ['05-06-2-2025 21:30', null],
      ['soon', null],
      ['', null],
    ] as const)
      assert.equal(datedLike(written, '2026-03-04T05:06:07.000Z'), expected, written);
  });

  it('puts the day first only where it may be the day', () => {
    assert.equal(datedLike('01/02/2025', '2026-03-04T05:06:07.000Z', true), '04/03/2026');
    assert.equal(datedLike('01/22/2025', '2026-03-04T05:06:07.000Z', true), '03/04/2026');
  });
});
