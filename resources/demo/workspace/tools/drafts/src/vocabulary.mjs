import { stopWords } from './stop-words.mjs';
import { wordsOf } from './tokenize.mjs';

/** Number of words, of different words, and the commonest words that say something. */
export function measureVocabulary(text, limit = 5) {
  const words = wordsOf(text);
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const commonest = [...counts]
    .filter(([word]) => !stopWords.has(word))
    .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([word, count]) => ({ word, count }));
  return { words: words.length, differentWords: counts.size, commonest };
}
