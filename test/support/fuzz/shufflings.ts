import { inserted, linesWithEnds, partOf, pick, placeIn, upTo } from './chance';
import type { Mutation } from './mutations';

// The same signs at other places, fewer of them or more.

const cut: Mutation = (text, random) => {
  const { start, end } = partOf(random, text);
  return text.slice(0, start) + text.slice(end);
};

const truncate: Mutation = (text, random) => text.slice(0, placeIn(random, text));

const double: Mutation = (text, random) => {
  const { start, end } = partOf(random, text);
  return inserted(text, end, text.slice(start, end).repeat(1 + upTo(random, 4)));
};

const splice: Mutation = (text, random, other) =>
  text.slice(0, placeIn(random, text)) + other.slice(placeIn(random, other));

const graft: Mutation = (text, random, other) => {
  const { start, end } = partOf(random, other);
  return inserted(text, placeIn(random, text), other.slice(start, end));
};

const replaceWhole: Mutation = (text, random, other) => (random() < 0.3 ? other : text);

const shuffleLines: Mutation = (text, random) => {
  const lines = linesWithEnds(text);
  const start = upTo(random, lines.length + 1);
  const count = upTo(random, random() < 0.7 ? 12 : lines.length + 1);
  const shuffled = lines
    .splice(start, count)
    .map((line) => ({ line, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line);
  lines.splice(start, 0, ...shuffled);
  return lines.join('');
};

const moveLine: Mutation = (text, random) => {
  const lines = linesWithEnds(text);
  if (lines.length === 0) return text;
  const [line = ''] = lines.splice(upTo(random, lines.length), 1);
  lines.splice(upTo(random, lines.length + 1), 0, line);
  return lines.join('');
};

const dropLines: Mutation = (text, random) => {
  const share = pick(random, [0.02, 0.2, 0.8]);
  return linesWithEnds(text)
    .filter(() => random() >= share)
    .join('');
};

const indentLines: Mutation = (text, random) => {
  const share = pick(random, [0.05, 0.5]);
  const indent = pick(random, [' ', '  ', '    ', '\t', '\u00a0', '> ']);
  return linesWithEnds(text)
    .map((line) => (random() < share ? indent + line : line))
    .join('');
};

export const shufflings = {
  cut,
  truncate,
  double,
  splice,
  graft,
  replaceWhole,
  shuffleLines,
  moveLine,
  dropLines,
  indentLines,
} satisfies Record<string, Mutation>;
