import { perFile, type SourceFile } from '../format';
import { linesOf } from '../text';
import { readFrontMatter } from './front-matter';

export interface Summary {
  path: string;
  /** `partial`: work was stopped, paused, or is not finished. */
  state: 'done' | 'partial';
  /** The word of its status; `null` where it has none, which says that the plan is done. */
  word: string | null;
}

const doneWords: ReadonlySet<string> = new Set(['complete', 'completed', 'done', 'passed']);

/** What the report beside a plan claims. */
export const readSummary = perFile((file: SourceFile): Summary => {
  const word = statusWord(file);
  const isDone = word === null || doneWords.has(word.toLowerCase());
  return { path: file.path, state: isDone ? 'done' : 'partial', word };
});

/** The `status` of a file's front matter, as verifications and acceptance tests have one, too. */
export const statusWord = perFile(({ text }: SourceFile): string | null => {
  // Only the head of the file can be front matter.
  const { values } = readFrontMatter(text, linesOf(text));
  const word = values.get('status')?.text ?? '';
  return word === '' ? null : word;
});
