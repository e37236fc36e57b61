/** A report for people: one line for each measure. */
export function textReport({ vocabulary, rhythm, readability, repetitions }) {
  const rows = [
    ['Words', `${vocabulary.words} (${vocabulary.differentWords} different)`],
    ['Commonest', vocabulary.commonest.map(({ word, count }) => `${word} ${count}`).join(', ')],
    ['Sentences', `${rhythm.sentences} (${rhythm.meanLength} words each)`],
    ['Longest', `${rhythm.longest.words} words`],
    ['Reading ease', readability.readingEase ?? 'unknown'],
    ['Repetitions', repetitions.map(({ word, line }) => `${word} in line ${line}`).join(', ')],
  ];
  return rows
    .map(([name, value]) => `${name.padEnd(14)}${value === '' ? 'none' : value}`)
    .join('\n');
}
