import { syllableExceptions } from './syllable-exceptions.mjs';
import { sentencesOf, wordsOf } from './tokenize.mjs';

/** Syllables of an English word: groups of vowels, without a silent e at the end. */
export function syllablesOf(word) {
  const known = syllableExceptions.get(word);
  if (known !== undefined) return known;
  const spoken = word.replace(/(?<=[^aeiouyl])e$/, '').replace(/(?<=[^td])ed$/, 'd');
  return Math.max(1, spoken.match(/[aeiouy]+/g)?.length ?? 0);
}

/** Reading ease after Rudolf Flesch: 100 is very easy, 0 is very hard. */
export function measureReadability(text) {
  const words = wordsOf(text);
  const sentences = sentencesOf(text).length;
  if (sentences === 0) return { syllables: 0, readingEase: null };
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word), 0);
  const ease = 206.835 - 1.015 * (words.length / sentences) - 84.6 * (syllables / words.length);
  return { syllables, readingEase: Math.round(ease) };
}
