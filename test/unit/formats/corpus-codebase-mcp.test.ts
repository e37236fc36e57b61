import assert from 'node:assert/strict';
import { z } from 'zod';
import { corpusOf, describeCorpus, readCorpus } from '../../support/corpus';
import { describeCorpusWriting } from '../../support/corpus-writing';

// The expectations leave out what is only information.
describeCorpus('codebase-mcp', { problems: 'least' });

describe('the codebase-mcp corpus', () => {
  const corpus = corpusOf('codebase-mcp');
  for (const [path, { problems }] of corpus?.files ?? [])
    it(`has no warning but those expected of ${path}`, async () => {
      const [plan] = await readCorpus('codebase-mcp', corpus?.folder ?? '', path);
      const expected = z.array(z.string()).parse(problems ?? []);
      const found = plan?.problems.filter(({ severity }) => severity !== 'info') ?? [];
      assert.deepEqual([...new Set(found.map(({ rule }) => rule))].toSorted(), expected.toSorted());
    });
});

// What is to be written, found by the boxes of the text alone: those of tasks, else of all lists.
describeCorpusWriting('codebase-mcp', ({ text }) => {
  const boxes = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, mark = '']) => mark);
  const named = boxes(/^\s*- \[(.)\] \*{0,2}T\d{3}/gm);
  const marks = named.some((mark) => mark !== ' ') ? named : boxes(/^\s*- \[(.)\] /gm);
  const upper = marks.filter((mark) => mark === 'X').length;
  const tick = upper > marks.filter((mark) => mark === 'x').length ? 'X' : 'x';
  return {
    expected: ({ fileStatus }, status) => {
      if (status === 'done') return fileStatus === ' ' ? ` →${tick}` : '';
      return status === 'pending' && fileStatus !== ' ' ? `${fileStatus ?? ''}→ ` : '';
    },
  };
});
