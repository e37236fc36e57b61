import assert from 'node:assert/strict';
import { backlogMdFormat } from '../../../src/formats/backlog-md/format';
import type { PlanSource } from '../../../src/formats/format';
import { subtasksOf, type Subtask } from '../../../src/model/plan';
import type { SubtaskStatus } from '../../../src/model/status';
import { corpusOf, describeCorpus } from '../../support/corpus';
import { corpusSource, describeCorpusWriting } from '../../support/corpus-writing';
import { askedStatuses, checkWriting, type WritingRules } from '../../support/format-properties';

describeCorpus('backlog-md', { problems: 'all' });
describeCorpusWriting('backlog-md', tableOf);

/** All projects of the corpus have the tool's own three words. */
const words: Partial<Record<SubtaskStatus, string>> = {
  done: 'Done',
  pending: 'To Do',
  in_progress: 'In Progress',
};

/** The table of the format, by two lines of the front matter. */
function tableOf(source: PlanSource): WritingRules {
  const lineOf = ({ path }: Subtask, key: string) => {
    const text = path === null ? source.text : (source.others?.get(path)?.text ?? '');
    return new RegExp(`^${key}: (.*)$`, 'm').exec(text)?.[1] ?? null;
  };
  return {
    changes: ['facts'],
    expected(subtask, status) {
      const [old, updated] = [lineOf(subtask, 'status'), lineOf(subtask, 'updated_date')];
      const word = words[status];
      if (old === null || word === undefined || old === word) return '';
      const today = updated?.replace(/\d{4}-\d\d-\d\d/, '2026-03-04').replace(/\d\d:\d\d/, '05:06');
      return `${old}→${word}${updated === null ? '' : ` | ${updated}→${today ?? ''}`}`;
    },
  };
}

describe('a whole backlog of the corpus', () => {
  const tree = '11-tree-AIToolsLab-writing-tools/backlog';

  it('changes one status of one file at a time', async function () {
    const corpus = corpusOf('backlog-md');
    if (corpus === null) return this.skip();
    const source = await corpusSource(backlogMdFormat, corpus.folder, tree).catch(() => null);
    assert.ok(source);
    const [plan] = backlogMdFormat.read(source).plans;
    assert.ok(plan);
    for (const subtask of subtasksOf(plan))
      for (const status of askedStatuses)
        checkWriting(backlogMdFormat, source, plan, subtask, status, tableOf(source));
  }).timeout(60_000);
});
