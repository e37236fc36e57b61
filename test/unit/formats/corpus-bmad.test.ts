import { describeCorpus } from '../../support/corpus';

describeCorpus('bmad', { problems: 'all' });
