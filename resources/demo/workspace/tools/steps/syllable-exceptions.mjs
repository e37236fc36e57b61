import { readFile } from 'node:fs/promises';
import { write } from '../author.mjs';
import { writeDraft } from '../drafts.mjs';

/** data/syllables.csv → a module with a map. */
export async function run() {
  const [, ...rows] = (await readFile('data/syllables.csv', 'utf8')).trim().split('\n');
  const entries = rows.map((row) => row.split(',')).sort(([a], [b]) => (a < b ? -1 : 1));
  await write(
    'src/syllable-exceptions.mjs',
    [
      '/** Syllables of words that the rule of thumb gets wrong. */',
      'export const syllableExceptions = new Map([',
      ...entries.map(([word, count]) => `  ['${word}', ${count}],`),
      ']);',
    ].join('\n'),
  );
  await writeDraft('test/syllable-exceptions.test.mjs');
}
