import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainLine, TextLines } from '../../../src/agents/text-lines';

function cut(bytes: Uint8Array, sizes: number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) chunks.push(bytes.subarray(at, (at += size)));
  return [...chunks, bytes.subarray(at)];
}

describe('lines of a stream', () => {
  it('are the same however the bytes arrive', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 7 })), (lines, sizes) => {
        const reader = new TextLines(1_000_000);
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const read = cut(bytes, sizes).flatMap((chunk) => reader.push(chunk));
        assert.deepEqual([...read, ...reader.end()], lines);
      }),
    );
  });

  it('lose their line end, also that of Windows', () => {
    assert.deepEqual(new TextLines(100).push(Buffer.from('a\r\nb\n')), ['a', 'b']);
  });

  it('include a last one that nobody ended', () => {
    const reader = new TextLines(100);
    assert.deepEqual(reader.push(Buffer.from('half')), []);
    assert.deepEqual(reader.end(), ['half']);
    assert.deepEqual(reader.end(), []);
  });

  it('do not grow without end', () => {
    const reader = new TextLines(4);
    assert.deepEqual(reader.push(Buffer.from('abcdefghij')), ['abcd', 'efgh']);
    assert.deepEqual(reader.end(), ['ij']);
  });

  it('may be very long without taking ever more time', () => {
    const reader = new TextLines(32 * 1024 * 1024);
    const chunk = Buffer.alloc(65_536, 'a');
    const started = performance.now();
    for (let count = 0; count < 400; count += 1) assert.deepEqual(reader.push(chunk), []);
    const [line] = reader.push(Buffer.from('\n'));
    assert.equal(line?.length, 400 * 65_536);
    assert.ok(performance.now() - started < 3_000);
  });

  it('are shown as a terminal would leave them', () => {
    assert.equal(plainLine('\u001b[31mred\u001b[0m'), 'red');
    assert.equal(plainLine('10 %\r50 %\rdone'), 'done');
  });
});
