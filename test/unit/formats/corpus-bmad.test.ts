import type { PlanSource } from '../../../src/formats/format';
import type { Subtask } from '../../../src/model/plan';
import type { SubtaskStatus } from '../../../src/model/status';
import { describeCorpus } from '../../support/corpus';
import { describeCorpusWriting } from '../../support/corpus-writing';
import type { WritingRules } from '../../support/format-properties';

describeCorpus('bmad', { problems: 'all' });
describeCorpusWriting('bmad', (source) =>
  source.path.endsWith('.yaml') ? sprintTable(source) : taskTable,
);

/** No story file of the corpus stands beside its sprint. */
const words: Partial<Record<SubtaskStatus, string>> = {
  done: 'done',
  in_review: 'review',
  in_progress: 'in-progress',
  pending: 'backlog',
};
const readAs: Partial<Record<SubtaskStatus, SubtaskStatus>> = {
  done: 'claimed',
  in_review: 'needs_attention',
};

function sprintTable({ text }: PlanSource): WritingRules {
  const wordAt = (key: string) => new RegExp(`^  ${key}: ([a-z-]+)`, 'm').exec(text)?.[1] ?? '';
  return {
    changes: ['notReady'],
    expected({ id }, status) {
      const [old, word] = [wordAt(id), words[status]];
      if (word === undefined || old === word) return '';
      if (word === 'backlog' && old === 'ready-for-dev') return '';
      const epic = wordAt(`epic-${/^\d+/.exec(id)?.[0] ?? ''}`);
      const begun = word === 'in-progress' && epic === 'backlog';
      return `${begun ? 'backlog→in-progress | ' : ''}${old}→${word}`;
    },
    readBack: (status) => readAs[status] ?? status,
  };
}

const taskTable: WritingRules = {
  expected({ fileStatus }: Subtask, status) {
    if (status === 'done') return fileStatus === 'x' ? '' : `${fileStatus ?? ''}→x`;
    return status === 'pending' && fileStatus !== ' ' ? `${fileStatus ?? ''}→ ` : '';
  },
};
