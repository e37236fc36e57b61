import type { Random } from '../../../bench/random';
import { breakings } from './breakings';
import { pick, upTo } from './chance';
import { restructurings } from './restructurings';
import { shufflings } from './shufflings';
import { swellings } from './swellings';
import { wordings } from './wordings';

/** Makes another text of a text; `other` is a text of any format to take pieces from. */
export type Mutation = (text: string, random: Random, other: string) => string;

/** What happens to files, by names that a failure can tell. */
export const mutations: Readonly<Record<string, Mutation>> = {
  ...shufflings,
  ...breakings,
  ...wordings,
  ...swellings,
  ...restructurings,
};

const names = Object.keys(mutations);
/** Later mutations work on no more than this, so that one cannot swell what another has swollen. */
const mostCharacters = 400_000;

/** A text after one to four mutations, and their names. */
export function mutant(
  text: string,
  random: Random,
  other: string,
): { text: string; applied: string[] } {
  const applied = Array.from({ length: 1 + upTo(random, 4) }, () => pick(random, names));
  // Of JSON hardly anything else gets past the parser.
  if (/^\s*[[{]/.test(text) && random() < 0.6) applied.splice(0, applied.length, 'restructure');
  const mutated = applied.reduce(
    (current, name) =>
      (mutations[name]?.(current, random, other) ?? current).slice(0, mostCharacters),
    text,
  );
  return { text: mutated, applied };
}
