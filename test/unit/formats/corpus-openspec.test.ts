import { describeCorpus } from '../../support/corpus';

describeCorpus('openspec', { problems: 'least' });
