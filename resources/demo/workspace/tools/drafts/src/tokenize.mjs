/** The words of a text in lower case; an apostrophe inside a word belongs to it. */
export function wordsOf(text) {
  return [...text.matchAll(/[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu)].map(([word]) => word.toLowerCase());
}

/** The sentences of a text, without the space around them. */
export function sentencesOf(text) {
  return [...text.matchAll(/[^.!?]+[.!?]*/g)]
    .map(([sentence]) => sentence.trim())
    .filter((sentence) => wordsOf(sentence).length > 0);
}
