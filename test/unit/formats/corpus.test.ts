import { describeCorpus } from '../../support/corpus';

describeCorpus('spec-kit', { problems: 'least' });

describeCorpus('auto-claude', { problems: 'all' });
