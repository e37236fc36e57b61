import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Positions } from '../../../src/language/positions';

const texts = fc
  .array(fc.constantFrom('a', 'ö', '😀', ' ', '\n', '\r\n', '\r'), { maxLength: 30 })
  .map((parts) => parts.join(''));

describe('Positions', () => {
  it('leads from a place in a line to its offset and back', () => {
    fc.assert(
      fc.property(texts, fc.nat(40), fc.nat(10), (text, line, character) => {
        const positions = new Positions(text);
        const offset = positions.offsetAt({ line, character });
        assert.ok(offset >= 0 && offset <= text.length);
        assert.equal(positions.offsetAt(positions.positionAt(offset)), offset);
      }),
    );
  });

  it('counts columns in UTF-16 units', () => {
    const positions = new Positions('x\n😀b');
    assert.deepEqual(positions.positionAt(4), { line: 1, character: 2 });
  });

  it('counts behind a byte order mark', () => {
    const positions = new Positions('\uFEFF- [ ] T01');
    assert.deepEqual(positions.positionAt(1), { line: 0, character: 0 });
    assert.equal(positions.offsetAt({ line: 0, character: 2 }), 3);
  });

  it('gives a line without its indent and its line end', () => {
    const positions = new Positions('a\r\n   bc\r\n');
    assert.deepEqual(positions.rangeOfLine(2), {
      start: { line: 1, character: 3 },
      end: { line: 1, character: 5 },
    });
  });
});
