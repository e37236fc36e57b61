import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineIndex, linesOf, slug } from '../../../src/formats/text';
import { staysInside } from '../../../src/formats/problems';

describe('linesOf', () => {
  it('gives each line its number and offsets, whatever ends it', () => {
    assert.deepEqual(
      linesOf('\uFEFFa\r\nb\rc\n').map(({ number, start, end, text }) => [
        number,
        start,
        end,
        text,
      ]),
      [
        [1, 1, 2, 'a'],
        [2, 4, 5, 'b'],
        [3, 6, 7, 'c'],
        [4, 8, 8, ''],
      ],
    );
  });

  it('agrees with LineIndex about the line of every offset', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'ü') }), (text) => {
        const index = new LineIndex(text);
        for (const { number, start, end } of linesOf(text)) {
          assert.equal(index.lineAt(start), number);
          assert.equal(index.lineAt(end), number);
        }
      }),
    );
  });
});

describe('slug', () => {
  it('keeps letters and digits of any script', () => {
    assert.equal(slug('  Build: the *Index* (2)! '), 'build-the-index-2');
    assert.equal(slug('建立 索引'), '建立-索引');
    assert.equal(slug('— !'), '');
  });
});

describe('staysInside', () => {
  it('accepts what stays below the folder', () => {
    for (const path of ['a', './a/../b', 'src/**/*.ts', 'a/b/../../c', '.github/x.yml', '..a/b'])
      assert.ok(staysInside(path), path);
  });

  it('refuses what leaves it', () => {
    for (const path of [
      '../a',
      'a/../../b',
      '/etc/passwd',
      '~/x',
      'C:\\x',
      'c:/x',
      '..\\a',
      '\\\\h\\s',
    ])
      assert.ok(!staysInside(path), path);
  });
});
