import { describeCorpus } from '../../support/corpus';

describeCorpus('autobuildr', { problems: 'all' });
