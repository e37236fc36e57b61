import { readFile } from 'node:fs/promises';
import { say, write } from '../author.mjs';
import { writeDraft } from '../drafts.mjs';

/** data/stop-words.txt, as people collected it → a sorted module without doubles. */
export async function run() {
  const lines = (await readFile('data/stop-words.txt', 'utf8')).split('\n');
  const words = [...new Set(lines.map((line) => line.trim().toLowerCase()))].filter(Boolean).sort();
  say(`${lines.length} lines, ${words.length} different words`);
  await write(
    'src/stop-words.mjs',
    [
      '/** Words that say little about what a text is about. */',
      'export const stopWords = new Set([',
      ...words.map((word) => `  '${word}',`),
      ']);',
    ].join('\n'),
  );
  await writeDraft('test/stop-words.test.mjs');
}
