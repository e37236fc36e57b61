import assert from 'node:assert/strict';
import { bmadFormat } from '../../../src/formats/bmad/format';

const rulesOf = (text: string) =>
  bmadFormat.read({ path: 'stories/1-1-a.md', text }).problems.map(({ rule }) => rule);

describe('the status of a bmad story file', () => {
  it('is reported when nobody knows the word, in a line or in a section', () => {
    for (const status of ['Status: on ice', '## Status\n\non ice'])
      assert.deepEqual(rulesOf(`# Story 1.1: A\n\n${status}\n\n## Tasks\n\n- [ ] a\n`), [
        'unknown-status',
      ]);
  });

  it('may be a word of version 4, with emphasis or a remark', () => {
    for (const word of ['**Ready for Review**', 'InProgress', 'Done (2026-01-02)', 'Ready to dev'])
      assert.deepEqual(rulesOf(`# Story 1.1: A\n\nStatus: ${word}\n\n## Tasks\n\n- [x] a\n`), []);
  });
});
