import assert from 'node:assert/strict';
import { kiroFormat } from '../../../src/formats/kiro/format';
import type { SubtaskStatus } from '../../../src/model/status';
import { applyEdits } from '../../support/plan-texts';
import { statusChange } from '../../support/status-change';

const path = '.kiro/specs/a-spec/tasks.md';
const workflowPath = '.spec-workflow/specs/a-spec/tasks.md';

/** The text after the change; `null` when nothing is written. */
function written(text: string, key: string, status: SubtaskStatus, at = path): string | null {
  const edits = kiroFormat.write({ path: at, text }, statusChange(key, status));
  assert.ok(edits, `${key} not found`);
  for (const { range } of edits) assert.equal(range.end - range.start, 1);
  return edits.length === 0 ? null : applyEdits(text, edits);
}

describe('writing a status into a kiro plan', () => {
  const group = '- [ ] 1. G\n  - [x] 1.1 a\n  - [ ] 1.2 b\n  - [ ]* 1.3 c\n';

  it('replaces the one character between the brackets', () => {
    const text = '- [ ] 1. a\r\n- [~] 2. b\n- [?]* 3. c';
    assert.equal(written(text, '1', 'in_progress'), '- [-] 1. a\r\n- [~] 2. b\n- [?]* 3. c');
    assert.equal(written(text, '2', 'pending'), '- [ ] 1. a\r\n- [ ] 2. b\n- [?]* 3. c');
    assert.equal(written(text, '3', 'done'), '- [ ] 1. a\r\n- [~] 2. b\n- [x]* 3. c');
  });

  it('has no mark for what the format has no word', () => {
    for (const status of [
      'failed',
      'skipped',
      'needs_attention',
      'cancelled',
      'blocked',
      'in_review',
    ] as const)
      assert.equal(written('- [ ] 1. a', '1', status), null, status);
  });

  it('blocks a task of spec-workflow', () => {
    assert.equal(written('- [ ] 1. a', '1', 'blocked', workflowPath), '- [~] 1. a');
  });

  it('leaves a tick of either case', () => {
    assert.equal(written('- [X] 1. a', '1', 'done'), null);
  });

  it('ticks the parent with the last leaf that it needs', () => {
    assert.equal(
      written(group, '1.2', 'done'),
      '- [x] 1. G\n  - [x] 1.1 a\n  - [x] 1.2 b\n  - [ ]* 1.3 c\n',
    );
    assert.equal(written(group, '1.3', 'done')?.startsWith('- [ ] 1.'), true);
  });

  it('opens the parent again with one of its leaves', () => {
    const done = '- [x] 1. G\n  - [x] 1.1 a\n  - [x]* 1.2 b\n';
    assert.equal(written(done, '1.1', 'pending'), '- [ ] 1. G\n  - [ ] 1.1 a\n  - [x]* 1.2 b\n');
    assert.equal(
      written(done, '1.1', 'in_progress'),
      '- [ ] 1. G\n  - [-] 1.1 a\n  - [x]* 1.2 b\n',
    );
    assert.equal(written(done, '1.2', 'pending'), '- [x] 1. G\n  - [x] 1.1 a\n  - [ ]* 1.2 b\n');
  });

  it('goes up through groups in groups, and takes unindented children along', () => {
    const deep = '- [ ] 1. A\n  - [ ] 1.1 B\n    - [ ] 1.1.1 c\n';
    assert.equal(written(deep, '1.1.1', 'done'), deep.replaceAll('[ ]', '[x]'));
    assert.equal(written('- [ ] 1. A\n- [ ] 1.1 b\n', '1.1', 'done'), '- [x] 1. A\n- [x] 1.1 b\n');
  });

  it('hits the right one of two equal numbers, and boxes without any', () => {
    assert.equal(written('- [x] 6. a\n- [ ] 6. b\n', '6#2', 'done'), '- [x] 6. a\n- [x] 6. b\n');
    assert.equal(written('- [ ] a\n- [ ] b\n', '2', 'done'), '- [ ] a\n- [x] b\n');
  });

  it('never writes into an archived spec', () => {
    const archived = '.spec-workflow/archive/specs/old/tasks.md';
    assert.equal(written('- [ ] 1. a', '1', 'done', archived), null);
  });

  it('says that a subtask is gone', () => {
    assert.equal(kiroFormat.write({ path, text: '- [ ] 1. a' }, statusChange('2', 'done')), null);
  });
});
