import { readdir, readFile, stat } from 'node:fs/promises';
import { write } from '../author.mjs';

/** What the release holds → CHANGELOG.md. */
export async function run() {
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));
  const { size } = await stat('bin/textstats.mjs');
  const lines = [];
  for (const name of (await readdir('reports')).sort()) {
    const { readability, vocabulary } = JSON.parse(await readFile(`reports/${name}`, 'utf8'));
    const ease = readability.readingEase;
    lines.push(`- ${name}: ${vocabulary.words} words, reading ease ${ease}`);
  }
  await write(
    'CHANGELOG.md',
    [
      '# Changelog',
      '',
      `## ${version}`,
      '',
      `The first release: one file of ${size} bytes without dependencies. It was tried on:`,
      '',
      ...lines,
    ].join('\n'),
  );
}
