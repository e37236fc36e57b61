import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RowHeights } from '../../../src/webview/row-heights';

describe('the heights of a long list', () => {
  it('agree with plain sums, whatever is measured and added', () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ row: fc.nat(200), height: fc.integer({ min: 1, max: 300 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const heights = new RowHeights(20);
        const plain: number[] = [];
        for (const one of steps) {
          if ('add' in one) {
            for (let added = 0; added < one.add; added += 1) plain.push(20);
            heights.resize(plain.length);
          } else if (one.row < plain.length) {
            assert.equal(heights.set(one.row, one.height), plain[one.row] !== one.height);
            plain[one.row] = one.height;
          }
        }
        let offset = 0;
        plain.forEach((height, row) => {
          assert.equal(heights.offsetOf(row), offset);
          assert.equal(heights.rowAt(offset), row);
          assert.equal(heights.rowAt(offset + height - 1), row);
          offset += height;
        });
        assert.equal(heights.total, offset);
      }),
      { numRuns: 200 },
    );
  });

  it('begin anew when the list becomes shorter', () => {
    const heights = new RowHeights(10);
    heights.resize(5);
    heights.set(0, 99);
    heights.resize(2);
    assert.equal(heights.total, 20);
  });

  it('answer for an empty list', () => {
    const heights = new RowHeights(10);
    assert.deepEqual([heights.total, heights.rowAt(50)], [0, 0]);
  });
});
