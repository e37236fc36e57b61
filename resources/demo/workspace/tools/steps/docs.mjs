import { write } from '../author.mjs';
import { writeDraft } from '../drafts.mjs';
import { modulesInOrder } from '../modules.mjs';

const documented = /\/\*\* (.+?) \*\/\nexport (?:async )?(?:function|const) (\w+)(\([^)]*\))?/g;

/** The doc comments of src → docs/api.md. */
export async function run() {
  const sections = (await modulesInOrder()).map(({ name, text }) => {
    const entries = [...text.matchAll(documented)].map(
      ([, comment, symbol, parameters = '']) => `- \`${symbol}${parameters}\`: ${comment}`,
    );
    return entries.length === 0 ? '' : [`## ${name}`, '', ...entries, ''].join('\n');
  });
  await write('docs/api.md', ['# The modules', '', ...sections.filter(Boolean)].join('\n'));
  await writeDraft('test/docs.test.mjs');
}
