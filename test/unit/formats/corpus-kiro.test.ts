import { describeCorpus } from '../../support/corpus';

describeCorpus('kiro', { problems: 'least' });
