import { z } from 'zod';
import type { Random } from '../../../bench/random';
import { linesWithEnds, pick, upTo } from './chance';
import type { Mutation } from './mutations';

// JSON that stays JSON, so that mutants come past the parser: other values, keys, places.

const jsonSchema = z.json();
type Json = z.infer<typeof jsonSchema>;

const odd: readonly Json[] = [
  ...[null, true, false, 0, -1, 1.1, 1.5e300, 7, '', ' ', '1.10', '1.1', '01', 'T001', '__proto__'],
  ...[
    'a\u0000b',
    '\ud800',
    'İ',
    '👩‍👩‍👧‍👦',
    '\u202eabc',
    '---',
    '- [ ] a',
    '../../x',
    'a\r\nb\n',
    '2026-13-45',
  ],
  ...[[], {}, [[]], [null], [1, '1', 1.1], [{ id: 1 }], { id: { id: 1 } }, [[[[[[[[1]]]]]]]]],
  ...['done', 'completed', 'pending', 'in_progress', 'blocked', 'cancelled', 'DONE', 'dnoe'],
];

function isList(value: Json): value is Json[] {
  return Array.isArray(value);
}

/** The value with some of its parts changed: about one in `rarity`. */
function changed(value: Json, random: Random, rarity: number): Json {
  if (random() * rarity < 1) return pick(random, odd);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) {
    const items = value.map((item) => changed(item, random, rarity));
    if (random() * rarity < 2) return reordered(items, random);
    return items;
  }
  const entries = Object.entries(value).flatMap(([key, one]): [string, Json][] => {
    const kept: [string, Json] = [key, changed(one, random, rarity)];
    const dice = random() * rarity * 4;
    if (dice < 1) return [];
    if (dice < 2) return [[key.toUpperCase(), one]];
    return dice < 3 ? [kept, [pick(random, ['__proto__', 'id', 'status', 'x']), one]] : [kept];
  });
  return Object.fromEntries(random() * rarity < 1 ? entries.reverse() : entries);
}

function reordered(items: Json[], random: Random): Json {
  const at = upTo(random, items.length + 1);
  const moved = [...items.slice(at), ...items.slice(0, at)];
  const twice = items.slice(at, at + 3);
  return pick<Json>(random, [
    moved,
    [...items, ...twice],
    items.slice(0, at),
    { 0: items },
    [items],
  ]);
}

function parsed(text: string): Json | undefined {
  try {
    return jsonSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const restructure: Mutation = (text, random) => {
  const rarity = pick(random, [10, 40, 200]);
  const indent = pick(random, [0, 1, 2, 4, '\t']);
  const whole = parsed(text.replace(/^\uFEFF/, ''));
  if (whole !== undefined) return JSON.stringify(changed(whole, random, rarity), null, indent);
  return linesWithEnds(text)
    .map((line) => {
      const value = parsed(line);
      return value === undefined ? line : `${JSON.stringify(changed(value, random, rarity))}\n`;
    })
    .join('');
};

export const restructurings = { restructure } satisfies Record<string, Mutation>;
