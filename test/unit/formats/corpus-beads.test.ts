import { describeCorpus } from '../../support/corpus';

describeCorpus('beads', {
  problems: 'least',
  // Phases stand together, while the expectation goes by the lines of the file.
  found: ({ phases }) => ({
    ids: phases
      .flatMap(({ subtasks }) => subtasks)
      .toSorted((a, b) => a.line - b.line)
      .map(({ id }) => id),
  }),
});
