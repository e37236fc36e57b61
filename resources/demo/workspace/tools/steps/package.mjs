import { write } from '../author.mjs';

export async function run() {
  const description = {
    name: 'text-statistics',
    version: '1.0.0',
    description: 'Measures English prose',
    license: 'MIT',
    type: 'module',
    bin: { textstats: 'bin/textstats.mjs' },
    files: ['bin', 'docs'],
    scripts: { test: 'node --test' },
  };
  await write('package.json', JSON.stringify(description, null, 2));
}
