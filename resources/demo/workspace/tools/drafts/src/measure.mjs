import { measureReadability } from './readability.mjs';
import { findRepetitions } from './repetition.mjs';
import { measureRhythm } from './rhythm.mjs';
import { measureVocabulary } from './vocabulary.mjs';

/** All measures of a text. */
export function measure(text) {
  return {
    vocabulary: measureVocabulary(text),
    rhythm: measureRhythm(text),
    readability: measureReadability(text),
    repetitions: findRepetitions(text),
  };
}
