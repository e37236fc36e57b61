import { readFile } from 'node:fs/promises';
import { write } from './author.mjs';

/** Writes a file of the program by its draft. */
export async function writeDraft(path) {
  await write(path, await readFile(new URL(`drafts/${path}`, import.meta.url), 'utf8'));
}
