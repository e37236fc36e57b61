import { chmod } from 'node:fs/promises';
import { say, write } from '../author.mjs';
import { writeDraft } from '../drafts.mjs';
import { modulesInOrder } from '../modules.mjs';

/** src/*.mjs → one file that needs nothing beside it. */
export async function run() {
  const modules = await modulesInOrder();
  say(`bundling ${modules.map(({ name }) => name).join(', ')}`);
  const outside = new Set();
  const bodies = modules.map(({ name, text }) => {
    for (const [line] of text.matchAll(/^import .* from 'node:.+';$/gm)) outside.add(line);
    const body = text
      .replace(/^#!.*\n/, '')
      .replace(/^import .*\n/gm, '')
      .replace(/^export /gm, '')
      .trim();
    return `// ${name}\n${body}`;
  });
  const parts = ['#!/usr/bin/env node', ...[...outside].sort(), '', bodies.join('\n\n')];
  await write('bin/textstats.mjs', parts.join('\n'));
  await chmod('bin/textstats.mjs', 0o755);
  await writeDraft('test/bundle.test.mjs');
}
