import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PlanSource } from '../../../src/formats/format';
import { openspecFormat } from '../../../src/formats/openspec/format';
import { subtasksOf } from '../../../src/model/plan';
import type { SubtaskStatus } from '../../../src/model/status';
import { askedStatuses, checkReading, checkWriting } from '../../support/format-properties';
import { applyEdits, planTexts } from '../../support/plan-texts';
import { statusChange } from '../../support/status-change';

const path = 'openspec/changes/add-search/tasks.md';

/** The text after the change; `null` when nothing is written. */
function written(text: string, key: string, status: SubtaskStatus, at = path): string | null {
  const edits = openspecFormat.write({ path: at, text }, statusChange(key, status));
  assert.ok(edits, `${key} not found`);
  return edits.length === 0 ? null : applyEdits(text, edits);
}

describe('writing a status into an openspec change', () => {
  it('replaces the one character between the brackets', () => {
    assert.equal(written('- [ ] 1.1 a\r\n', '1.1', 'done'), '- [x] 1.1 a\r\n');
    assert.equal(written('*[\u00a0]1.1 a', '1.1', 'done'), '*[x]1.1 a');
    assert.equal(written('- [X] 1.1 a', '1.1', 'pending'), '- [ ] 1.1 a');
  });

  it('keeps what says the same already', () => {
    assert.equal(written('- [X] 1.1 a', '1.1', 'done'), null);
    assert.equal(written('- [\t] 1.1 a', '1.1', 'pending'), null);
  });

  it('has no mark for other statuses: the tool would lose the task', () => {
    for (const status of [
      'in_progress',
      'blocked',
      'failed',
      'skipped',
      'needs_attention',
    ] as const) {
      assert.equal(written('- [ ] 1.1 a', '1.1', status), null, status);
      assert.equal(written('- [x] 1.1 a', '1.1', status), null, status);
    }
  });

  it('ticks a nested box alone', () => {
    const text = '- [ ] 1.1 a\n  - [ ] 1.1.1 b\n';
    assert.equal(written(text, '1.1.1', 'done'), '- [ ] 1.1 a\n  - [x] 1.1.1 b\n');
    assert.equal(written(text, '1.1', 'done'), '- [x] 1.1 a\n  - [ ] 1.1.1 b\n');
  });

  it('hits the right one of two equal numbers', () => {
    assert.equal(written('- [ ] 3.3 a\n- [ ] 3.3 b', '3.3#2', 'done'), '- [ ] 3.3 a\n- [x] 3.3 b');
  });

  it('never writes into an archived change', () => {
    const archived = 'a/openspec/changes/archive/2026-01-02-x/tasks.md';
    assert.equal(written('- [ ] 1.1 a', '1.1', 'done', archived), null);
  });

  it('writes into the file of a folder in which the task stands', () => {
    const folder = 'openspec/changes/add-search';
    const file = (name: string, text: string) =>
      [`${folder}/${name}/tasks.md`, { path: `${folder}/${name}/tasks.md`, text }] as const;
    const source: PlanSource = {
      path: folder,
      text: '',
      others: new Map([
        file('api', planTexts.openspec.text),
        file('page', '- [ ] 1.1 a\n- [x] 1.2 b\n'),
      ]),
    };
    const [plan] = checkReading(openspecFormat, source).plans;
    assert.ok(plan);
    const [edit] = openspecFormat.write(source, statusChange('page/1.1', 'done')) ?? [];
    assert.equal(edit?.path, `${folder}/page/tasks.md`);
    fc.assert(
      fc.property(
        fc.constantFrom(...subtasksOf(plan)),
        fc.constantFrom(...askedStatuses),
        (subtask, status) => checkWriting(openspecFormat, source, plan, subtask, status, {}),
      ),
      { numRuns: 100 },
    );
  });
});
