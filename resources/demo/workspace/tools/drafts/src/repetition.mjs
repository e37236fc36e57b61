import { wordsOf } from './tokenize.mjs';

/** Words that stand twice in a row, with the line of the second one. */
export function findRepetitions(text) {
  const found = [];
  let before = '';
  for (const [index, line] of text.split('\n').entries()) {
    for (const word of wordsOf(line)) {
      if (word === before) found.push({ word, line: index + 1 });
      before = word;
    }
    // An empty line ends a paragraph.
    if (line.trim() === '') before = '';
  }
  return found;
}
