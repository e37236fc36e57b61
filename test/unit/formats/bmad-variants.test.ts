import assert from 'node:assert/strict';
import { bmadFormat } from '../../../src/formats/bmad/format';
import { subtasksOf } from '../../../src/model/plan';

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

describe('the criteria of a bmad story', () => {
  it('are not multiplied by thousands of tasks that refer to them', () => {
    const read = (tasks: number) => {
      const boxes = '- [ ] Build it (AC: 1)\n'.repeat(tasks);
      const text = `# Story 1.1: A\n\n## Acceptance Criteria\n\n1. ${'Found. '.repeat(300)}\n\n## Tasks\n\n${boxes}`;
      const { plans } = bmadFormat.read({ path: 'stories/1-1-a.md', text });
      return { length: text.length, subtasks: plans.flatMap(subtasksOf) };
    };
    assert.equal(
      read(3).subtasks.every(({ verification }) => verification[0]?.startsWith('Found.')),
      true,
    );
    const { length, subtasks } = read(2000);
    const shared = subtasks.flatMap(({ verification }) => verification).join('').length;
    assert.ok(shared > 0 && shared <= 4 * length);
    assert.deepEqual(subtasks.at(-1)?.labels, ['AC 1']);
  });
});
