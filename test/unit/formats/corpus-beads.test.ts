import assert from 'node:assert/strict';
import { z } from 'zod';
import type { PlanSource } from '../../../src/formats/format';
import type { SubtaskStatus } from '../../../src/model/status';
import { describeCorpus } from '../../support/corpus';
import { describeCorpusWriting } from '../../support/corpus-writing';
import type { WritingRules } from '../../support/format-properties';

describeCorpus('beads', { problems: 'least' });

const rowSchema = z.object({
  id: z.string(),
  status: z.string(),
  updated_at: z.string(),
  closed_at: z.string().optional(),
});

const words: Partial<Record<SubtaskStatus, string>> = {
  done: 'closed',
  pending: 'open',
  in_progress: 'in_progress',
  blocked: 'blocked',
};

/** The fixed time of the changes as exact, and in the zone, as an old one. */
function now(old: string): string {
  const [, fraction = '', zone = ''] = /T[\d:]{8}(\.\d+)?(.*)$/.exec(old) ?? [];
  const hours = zone === 'Z' ? 0 : Number(zone.slice(0, 3));
  const local = new Date(Date.UTC(2026, 2, 4, 5 + hours, 6, 7)).toISOString().slice(0, 19);
  return local + fraction.replace(/\d/g, '0') + zone;
}

/** The table of the format, by the row of the issue. No file of the corpus keeps times of starts. */
function tableOf({ text }: PlanSource): WritingRules {
  const rows = text.split('\n').filter((line) => line !== '');
  const issues = rows.map((line) => rowSchema.parse(JSON.parse(line)));
  const byId = new Map(issues.map((issue) => [issue.id, issue]));
  return {
    expected({ id }, status) {
      const {
        status: old,
        updated_at: updated,
        closed_at: closed,
      } = byId.get(id) ?? assert.fail(id);
      const word = words[status];
      const same = old === word || (old === 'hooked' && word === 'in_progress');
      if (word === undefined || same) return '';
      const ends = word === 'closed' ? [`→,"closed_at":"${now(updated)}"`] : [];
      const again = closed === undefined ? [] : [`,"closed_at":"${closed}"→`];
      return [`${old}→${word}`, `${updated}→${now(updated)}`, ...ends, ...again].join(' | ');
    },
  };
}

describeCorpusWriting('beads', tableOf);
