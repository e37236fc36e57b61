import { writeDraft } from '../drafts.mjs';

/** Writes modules by their drafts, the last one first, and the test of the first one. */
export async function run(...names) {
  for (const name of [...names].reverse()) await writeDraft(`src/${name}.mjs`);
  await writeDraft(`test/${names[0]}.test.mjs`);
}
