import { describeCorpus } from '../../support/corpus';

describeCorpus('gsd', { problems: 'all' });
