import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HeadAndTail, lastLines } from '../../../src/checks/head-and-tail';

describe('HeadAndTail', () => {
  it('keeps an output of up to a megabyte exactly, in pieces of any size', () => {
    const pieces = fc.array(fc.string({ unit: 'grapheme', maxLength: 50 }), { maxLength: 50 });
    fc.assert(
      fc.property(pieces, (texts) => {
        const kept = new HeadAndTail();
        for (const text of texts) kept.push(Buffer.from(text));
        assert.equal(kept.text(), texts.join(''));
        assert.equal(kept.isWhole, true);
      }),
    );
    const megabyte = Buffer.alloc(1024 * 1024, 'abcdefg\n');
    const kept = new HeadAndTail();
    kept.push(megabyte);
    assert.equal(kept.text(), megabyte.toString());
    kept.push(Buffer.from('x'));
    assert.equal(kept.isWhole, false);
    assert.ok(kept.text().includes('bytes left out'));
  });

  it('keeps the first and last lines of a longer one, and says what is missing', () => {
    const kept = new HeadAndTail();
    const lines = Array.from({ length: 400_000 }, (_, index) => `line ${index}\n`);
    for (const line of lines) kept.push(Buffer.from(line));
    const text = kept.text();
    assert.equal(kept.isWhole, false);
    assert.ok(text.startsWith('line 0\nline 1\n'));
    assert.ok(text.endsWith('line 399998\nline 399999\n'));
    const [, missing = ''] = /^… (\d+) bytes left out …$/m.exec(text) ?? [];
    const left = text.replace(/^….*\n/m, '');
    assert.equal(Number(missing) + left.length, lines.join('').length);
    for (const line of left.trimEnd().split('\n')) assert.match(line, /^line \d+$/);
    assert.ok(text.length <= 1024 * 1024 + 40);
  });

  it('shows the last lines within bounds', () => {
    assert.equal(lastLines('a\nb\nc\n\n', 2), 'b\nc');
    assert.equal(lastLines('x'.repeat(100), 2, 10), 'x'.repeat(10));
  });
});
