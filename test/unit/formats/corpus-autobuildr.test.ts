import { z } from 'zod';
import { statusOfWord, usualWord } from '../../../src/formats/autobuildr/words';
import type { PlanSource } from '../../../src/formats/format';
import type { Subtask } from '../../../src/model/plan';
import type { SubtaskStatus } from '../../../src/model/status';
import { describeCorpus } from '../../support/corpus';
import { describeCorpusWriting } from '../../support/corpus-writing';
import type { WritingRules } from '../../support/format-properties';

describeCorpus('autobuildr', { problems: 'all' });

const entrySchema = z.looseObject({
  id: z.coerce.string().optional(),
  passes: z.boolean().optional(),
  status: z.string().optional(),
  state: z.string().optional(),
});
type Entry = z.infer<typeof entrySchema>;
const listSchema = z.array(entrySchema);
const objectSchema = z.looseObject({
  features: listSchema,
  status_legend: z.record(z.string(), z.unknown()).default({}),
  allowed_statuses: z.array(z.string()).default([]),
  valid_status: z.array(z.string()).default([]),
});

/** The table of the format, by the values of the JSON alone. */
function tableOf({ path, text }: PlanSource): WritingRules {
  if (!path.endsWith('.json')) return { expected: () => '' };
  const object = objectSchema.or(listSchema).parse(JSON.parse(text));
  const entries = Array.isArray(object) ? object : object.features;
  const legend = Array.isArray(object) ? [] : Object.keys(object.status_legend);
  const allowed = Array.isArray(object) ? [] : [...object.allowed_statuses, ...object.valid_status];
  const words = entries.map((entry) => (entry.passes === undefined ? wordOf(entry) : null));
  const entryOf = ({ id }: Subtask) =>
    entries.find((entry, index) => (entry.id ?? String(index + 1)) === id);
  return {
    expected(subtask, status) {
      const entry = entryOf(subtask);
      if (entry === undefined) return 'no such entry';
      const claim = status === 'done' ? 'claimed' : status;
      if (entry.passes !== undefined) {
        if (claim === 'claimed') return entry.passes ? '' : 'false→true';
        return entry.passes ? 'true→false' : '';
      }
      const old = wordOf(entry);
      if (old === null || statusOfWord(old) === claim) return '';
      const word = bestOf(words, claim) ?? bestOf([...legend, ...allowed], claim, 'first');
      const written = word ?? usualWord(status);
      return written === null ? '' : `${old}→${written}`;
    },
    readBack: (status, { fileStatus }) =>
      fileStatus === 'true' ? 'pending' : status === 'done' ? 'claimed' : status,
  };
}

function wordOf({ status, state }: Entry): string | null {
  return status ?? state ?? null;
}

function bestOf(
  words: readonly (string | null)[],
  claim: SubtaskStatus,
  by: 'most' | 'first' = 'most',
): string | null {
  const fitting = words.filter((word) => word !== null && statusOfWord(word) === claim);
  const times = (word: string | null) => fitting.filter((other) => other === word).length;
  const ranked = by === 'first' ? fitting : fitting.toSorted((a, b) => times(b) - times(a));
  return ranked[0] ?? null;
}

describeCorpusWriting('autobuildr', tableOf);
