import { describeCorpus } from '../../support/corpus';
import { describeCorpusWriting } from '../../support/corpus-writing';

describeCorpus('openspec', { problems: 'least' });

describeCorpusWriting('openspec', () => ({
  expected: ({ fileStatus }, status) => {
    const isTicked = fileStatus === 'x' || fileStatus === 'X';
    if (status === 'done') return isTicked ? '' : ' →x';
    return status === 'pending' && isTicked ? `${fileStatus}→ ` : '';
  },
}));
