import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { write } from '../author.mjs';
import { writeDraft } from '../drafts.mjs';

const execute = promisify(execFile);

/** texts/*.txt → reports/*.json, by the bundled program. */
export async function run() {
  for (const name of (await readdir('texts')).sort()) {
    const args = ['bin/textstats.mjs', '--json', `texts/${name}`];
    const { stdout } = await execute(process.execPath, args);
    await write(`reports/${name.replace(/\.txt$/, '.json')}`, stdout);
  }
  await writeDraft('test/reports.test.mjs');
}
