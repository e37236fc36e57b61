import { describeCorpusWriting } from '../../support/corpus-writing';

const words = {
  pending: 'pending',
  in_progress: 'in_progress',
  done: 'completed',
  blocked: 'blocked',
  failed: 'failed',
} as const;
const wordOf = new Map<string, string>(Object.entries(words));

describeCorpusWriting('auto-claude', ({ path }) => ({
  expected({ fileStatus, status: read, labels }, status) {
    // A log has no place for a status.
    if (path.endsWith('.txt')) return labels.includes('generated') ? '' : 'no placeholder';
    const word = wordOf.get(status);
    if (word === undefined || read === (status === 'done' ? 'claimed' : status)) return '';
    return fileStatus === null
      ? new RegExp(`^→,\\s+"status": "${word}"$`)
      : `"${fileStatus}"→"${word}"`;
  },
}));
