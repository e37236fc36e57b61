import { sentencesOf, wordsOf } from './tokenize.mjs';

/** Number of sentences, their mean length in words, and the longest one. */
export function measureRhythm(text) {
  const sentences = sentencesOf(text);
  const lengths = sentences.map((sentence) => wordsOf(sentence).length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const longest = Math.max(0, ...lengths);
  return {
    sentences: sentences.length,
    meanLength: sentences.length === 0 ? 0 : Math.round((10 * total) / sentences.length) / 10,
    longest: { words: longest, text: sentences[lengths.indexOf(longest)] ?? '' },
  };
}
