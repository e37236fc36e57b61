import { describeCorpus } from '../../support/corpus';

describeCorpus('backlog-md', { problems: 'all' });
