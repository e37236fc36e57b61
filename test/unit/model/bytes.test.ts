import assert from 'node:assert/strict';
import { bytesText, readBytes } from '../../../src/model/bytes';

describe('sizes in words', () => {
  it('are short, in powers of 1000', () => {
    const sizes = [0, 999, 1000, 1_250_000, 123_400_000, 2_000_000_000, 3e15];
    assert.deepEqual(sizes.map(bytesText), [
      ...['0 B', '999 B', '1.0 kB', '1.3 MB', '123 MB', '2.0 GB', '3000 TB'],
    ]);
  });

  it('are read with their unit, and not without', () => {
    assert.deepEqual(['500MB', '2 GB', '7B', '12'].map(readBytes), [5e8, 2e9, 7, null]);
  });
});
