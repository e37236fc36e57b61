import { describeCorpus } from '../../support/corpus';

describeCorpus('spec-kit', {
  problems: 'least',
  found: ({ phases }) => ({
    parallel: phases.flatMap(({ subtasks }) => subtasks).filter((one) => one.labels.includes('P'))
      .length,
    checkpoints: phases.flatMap(({ checkpoint }) => checkpoint?.split('\n') ?? []).length,
  }),
});

// Of files that are no plans the expectation knows the kind alone.
describeCorpus('auto-claude', { problems: 'all', ignored: ['kind'] });
