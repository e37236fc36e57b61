import assert from 'node:assert/strict';
import { Tally } from '../../runner/tally.js';

describe('the closing line of npm test', () => {
  const closing = (fill: (tally: Tally) => void): { code: number; line: string | undefined } => {
    const lines: string[] = [];
    const tally = new Tally((text) => lines.push(...text.split('\n')));
    fill(tally);
    return { code: tally.close(), line: lines.at(-1) };
  };
  const report = (passed: number, failed: number, skipped: number) => {
    return { passed, failed, skipped, failures: Array<string>(failed).fill('a test') };
  };

  it('adds up the layers', () => {
    const end = closing((tally) => {
      tally.addLayer('unit', report(3, 0, 0));
      tally.addLayer('engine', report(4, 0, 2));
    });
    assert.deepEqual(end, { code: 0, line: '7 passed, 0 failed, 2 skipped' });
  });

  it('is no success when one test failed', () => {
    const end = closing((tally) => tally.addLayer('unit', report(3, 1, 0)));
    assert.deepEqual(end, { code: 1, line: '3 passed, 1 failed' });
  });

  it('is no success when nothing ran', () => {
    assert.deepEqual(
      closing(() => undefined),
      { code: 1, line: '0 passed, 1 failed' },
    );
  });
});
