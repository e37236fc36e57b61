import assert from 'node:assert/strict';
import { markdownListFormat } from '../../../src/formats/markdown-list/format';
import { formatOf, mayBePlan } from '../../../src/formats/registry';
import { subtasksOf, type Plan } from '../../../src/model/plan';
import type { SubtaskStatus } from '../../../src/model/status';
import { applyEdits } from '../../support/plan-texts';
import { markdownText } from '../../support/plan-texts/markdown';
import { statusChange } from '../../support/status-change';

const read = (text: string) => markdownListFormat.read({ path: 'docs/todo.md', text });

function planOf(text: string): Plan {
  const [plan] = read(text).plans;
  assert.ok(plan);
  return plan;
}

describe('a Markdown checklist', () => {
  it('has the headings that own boxes as phases, and their boxes as subtasks', () => {
    const plan = planOf(markdownText.text);
    assert.equal(plan.title, 'Shop');
    assert.equal(plan.declaredPhases, 2);
    assert.deepEqual(
      plan.phases.map(({ id, title, subtasks }) => [
        ...[id, title],
        subtasks.map(
          ({ title: own, status, fileStatus }) => `${fileStatus ?? ''} ${own}: ${status}`,
        ),
      ]),
      [
        [null, 'Tasks', ['  Ask for a domain: pending']],
        [
          ...['search', 'Search'],
          [
            'x Build the index: claimed',
            '/ Show results: in_progress',
            'X Sort results: claimed',
            '- Print: skipped',
          ],
        ],
        [
          ...['later', 'Later'],
          ['  Page through: pending', '? Print: needs_attention', '  (untitled): pending'],
        ],
      ],
    );
    assert.deepEqual(
      read(markdownText.text).problems.map(({ rule, line }) => `${line} ${rule}`),
      ['9 parent-done-child-open', '20 unknown-marker'],
    );
  });

  it('takes what is indented below a box for its detail, boxes too', () => {
    const [, index] = subtasksOf(planOf(markdownText.text));
    assert.equal(index?.detail, '  With all articles.\n  - [ ] nightly');
  });

  it('gives equal titles keys of their own, whichever heading they stand under', () => {
    const keys = subtasksOf(planOf('## A\n- [ ] Test it\n## B\n- [ ] Test it\n')).map(
      ({ key }) => key,
    );
    assert.deepEqual(keys, ['test-it', 'test-it#2']);
    assert.deepEqual(
      planOf('## A\n- [ ] x\n## A\n- [ ] y\n').phases.map(({ key }) => key),
      ['a', 'a#2'],
    );
  });

  it('is named by its file without one title of its own', () => {
    assert.equal(planOf('# A\n- [ ] x\n# B\n- [ ] y').title, 'todo');
    assert.equal(planOf('# A\n- [ ] x\n# B\n- [ ] y').declaredPhases, 2);
  });

  it('is never found by itself', () => {
    assert.equal(formatOf(markdownText), null);
    assert.equal(mayBePlan(markdownText.path), false);
  });

  it('says so where there is no box', () => {
    assert.deepEqual(
      read('# A\n- b\n').problems.map(({ rule }) => rule),
      ['no-tasks'],
    );
  });
});

describe('writing a status into a Markdown checklist', () => {
  const mark = (text: string, key: string, status: SubtaskStatus) => {
    const edits = markdownListFormat.write({ path: 'a.md', text }, statusChange(key, status));
    return edits === null ? null : applyEdits(text, edits);
  };

  it('replaces the one character by that which the file uses', () => {
    const text = '* [X] a\r\n* [ ] b\r\n';
    assert.equal(mark(text, 'b', 'done'), '* [X] a\r\n* [X] b\r\n');
    assert.equal(mark(text, 'a', 'pending'), '* [ ] a\r\n* [ ] b\r\n');
    assert.equal(mark('1. [ ] b', 'b', 'done'), '1. [x] b');
    assert.equal(mark(text, 'c', 'done'), null);
  });

  it('has a mark for other statuses only where the file has one', () => {
    assert.equal(mark('- [ ] a\n- [~] b\n', 'a', 'skipped'), '- [~] a\n- [~] b\n');
    assert.equal(mark('- [ ] a\n- [/] b\n', 'a', 'in_progress'), '- [/] a\n- [/] b\n');
    for (const status of ['skipped', 'in_progress', 'blocked', 'failed', 'in_review'] as const)
      assert.equal(mark('- [ ] a', 'a', status), '- [ ] a', status);
  });
});
