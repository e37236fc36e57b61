import assert from 'node:assert/strict';
import { FileClaims, placeOf, placesOf } from '../../../src/model/file-claims';

function collide(a: string, b: string): boolean {
  const claims = new FileClaims();
  claims.take('A', placesOf([a]).keys());
  return claims.holderOf(placeOf(b)) === 'A';
}

describe('FileClaims', () => {
  const together: [string, string][] = [
    ['src/a.ts', 'src/a.ts'],
    ['src/a.ts', './src//x/../a.ts'],
    ['src/a.ts', 'src\\A.ts'],
    ['src/', 'src/deep/a.ts'],
    ['src', 'src/a.ts'],
    ['src/**/*.ts', 'src/deep/a.ts'],
    ['src/{a,b}.ts', 'src/b.ts'],
    ['**/*.md', 'docs/x.md'],
    ['.', 'any/thing'],
  ];
  for (const [a, b] of together)
    it(`keeps ${a} and ${b} apart`, () => {
      assert.equal(collide(a, b), true);
      assert.equal(collide(b, a), true);
    });

  const apart: [string, string][] = [
    ['src/a.ts', 'src/b.ts'],
    ['src/a', 'src/ab'],
    ['src/', 'srcs/a.ts'],
    ['src/**', 'docs/**'],
    ['', 'src/a.ts'],
    ['../a.ts', 'a.ts'],
  ];
  for (const [a, b] of apart)
    it(`lets ${a || 'a blank path'} and ${b} run together`, () => {
      assert.equal(collide(a, b), false);
    });
});
