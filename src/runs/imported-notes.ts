import type { SessionRow } from '../formats/codebase-mcp/status-rows';
import type { ImportedNote } from '../store/repositories/import-pass';
import { shortText, shownText, untitled } from './imported-text';

const longestNote = 200_000;

/** The text of a prompt, as a note about its item. */
export function promptNote({ title, text }: SessionRow, workItem: number): ImportedNote[] {
  if (text === '') return [];
  const body = shownText(text).slice(0, longestNote);
  return [{ title: shortText(title, 200) ?? untitled, body, workItem }];
}

/** Prose is kept as one note. */
export function freeNote(path: string, text: string, workItem: number | null = null): ImportedNote {
  const heading = /^#[ \t]+(\S.*)$/m.exec(text)?.[1] ?? path;
  const body = shownText(text).slice(0, longestNote);
  return { title: shortText(heading, 200) ?? untitled, body, workItem };
}
