import { describeCorpus } from '../../support/corpus';

describeCorpus('spec-kit', {
  problems: 'least',
  found: ({ phases }) => ({
    parallel: phases.flatMap(({ subtasks }) => subtasks).filter((one) => one.labels.includes('P'))
      .length,
    checkpoints: phases.flatMap(({ checkpoint }) => checkpoint?.split('\n') ?? []).length,
  }),
});

describeCorpus('auto-claude', { problems: 'all' });
