import type { Random } from '../../../bench/random';
import { inserted, linesWithEnds, pick, placeIn, upTo } from './chance';
import type { Mutation } from './mutations';

// Too much of something: depth, lines, one line.

/** Small ones reach more places; large ones show what grows faster than the text. */
function many(random: Random, most: number): number {
  return upTo(random, random() < 0.9 ? Math.min(most, 60) : most);
}

const openings = [
  '[',
  '{"a":',
  '{"subtasks":[',
  '(',
  '> ',
  '- ',
  '**',
  '<a>',
  '<details>',
  '  ',
  '`',
];

const nest: Mutation = (text, random) => {
  const opening = pick(random, openings);
  return inserted(text, placeIn(random, text), opening.repeat(many(random, 5000)));
};

const deepList: Mutation = (text, random) => {
  const lines = linesWithEnds(text);
  const at = upTo(random, lines.length + 1);
  const line = (lines[at] ?? '- [ ] a\n').trim().slice(0, 200);
  const step = pick(random, ['  ', '\t', ' ', '    ']);
  const deep = Array.from(
    { length: many(random, 500) },
    (_, level) => `${step.repeat(level)}${line}\n`,
  );
  return [...lines.slice(0, at), ...deep, ...lines.slice(at)].join('');
};

const repeatLine: Mutation = (text, random) => {
  const lines = linesWithEnds(text);
  const at = upTo(random, lines.length);
  const line = `${(lines[at] ?? '- [ ] a').slice(0, 1000).trimEnd()}\n`;
  const times = Math.min(many(random, 4000), Math.floor(200_000 / line.length));
  return [...lines.slice(0, at), line.repeat(times), ...lines.slice(at)].join('');
};

const longLine: Mutation = (text, random) => {
  const sign = pick(random, [
    ' ',
    'a',
    '*',
    '#',
    '`',
    '(',
    '[P] ',
    'T001, ',
    '"',
    '\\',
    '-',
    '1.',
    '. ',
  ]);
  return inserted(text, placeIn(random, text), sign.repeat(many(random, 20_000)));
};

/** Text that many patterns begin to match and none ends to. */
const beginnings = [
  '-----BEGIN PRIVATE KEY-----\n',
  '-eyJaaaaaaaaaaa',
  '<!--',
  '```a\n',
  '<task>',
  '"a',
  '[a](',
  '${',
  '~~a ',
  '- gate: a\n',
];

const repeatBeginning: Mutation = (text, random) =>
  inserted(text, placeIn(random, text), pick(random, beginnings).repeat(many(random, 3000)));

export const swellings = {
  nest,
  deepList,
  repeatLine,
  longLine,
  repeatBeginning,
} satisfies Record<string, Mutation>;
