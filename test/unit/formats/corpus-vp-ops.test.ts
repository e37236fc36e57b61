import { describeCorpus } from '../../support/corpus';

// The expectations leave out what is only information.
describeCorpus('vp-ops', { problems: 'least' });
