import assert from 'node:assert/strict';
import { formatNamed } from '../../../src/formats/registry';
import type { SubtaskStatus } from '../../../src/model/status';
import { applyEdits, planTexts } from '../../support/plan-texts';
import { statusChange } from '../../support/status-change';

/** What replaces what: `old → new`; the empty string when nothing is written. */
function change(
  name: string,
  path: string,
  text: string,
  key: string,
  status: SubtaskStatus,
): string {
  const edits = formatNamed(name)?.write({ path, text }, statusChange(key, status));
  assert.ok(edits, `${key} not found`);
  return edits
    .map((edit) => `${text.slice(edit.range.start, edit.range.end)}→${edit.text}`)
    .join(' ');
}

describe('writing a status into a runsheet plan', () => {
  const { path, text } = planTexts.runsheet;
  const write = (key: string, status: SubtaskStatus) => change('runsheet', path, text, key, status);

  it('replaces the one character between the brackets', () => {
    assert.equal(write('T01', 'done'), ' →x');
    assert.equal(write('T02', 'pending'), 'x→ ');
    assert.equal(write('T01', 'in_progress'), ' →/');
    assert.equal(write('T01', 'failed'), ' →!');
    assert.equal(write('T01', 'skipped'), ' →-');
  });

  it('writes nothing when the mark says it already', () => {
    assert.equal(write('T02', 'done'), '');
    assert.equal(write('T03', 'in_review'), '');
    assert.equal(change('runsheet', path, '- [X] T01 a', 'T01', 'done'), '');
  });

  it('says that a subtask is gone', () => {
    assert.equal(formatNamed('runsheet')?.write({ path, text }, statusChange('T77', 'done')), null);
  });
});

describe('writing a status into a spec-kit list', () => {
  const path = 'specs/001-a/tasks.md';
  const write = (text: string, key: string, status: SubtaskStatus) =>
    change('spec-kit', path, text, key, status);

  it('writes the done mark that the file mostly uses', () => {
    assert.equal(
      write('- [X] T001 a\n- [X] T002 b\n- [x] T003 c\n- [ ] T004 d', 'T004', 'done'),
      ' →X',
    );
    assert.equal(write('- [X] T001 a\n- [x] T002 b\n- [ ] T004 d', 'T004', 'done'), ' →x');
  });

  it('has words for done and pending only', () => {
    const text = '- [x] T001 a\n- [~] T002 b\n- [ ] T003 c';
    assert.equal(write(text, 'T001', 'pending'), 'x→ ');
    assert.equal(write(text, 'T002', 'done'), '~→x');
    for (const status of [
      'in_progress',
      'blocked',
      'failed',
      'needs_attention',
      'skipped',
    ] as const)
      assert.equal(write(text, 'T003', status), '', status);
  });

  it('hits the right one of two equal ids', () => {
    const text = '- [ ] T001 a\n- [ ] T001 b';
    const edits = formatNamed('spec-kit')?.write({ path, text }, statusChange('T001#2', 'done'));
    assert.equal(applyEdits(text, edits ?? []), '- [ ] T001 a\n- [x] T001 b');
  });

  it('ticks a heading only where other headings are ticked', () => {
    const headings = '## Phase 1\n#### T001: One ✅\n#### T002: Two\n';
    assert.equal(write(headings, 'T002', 'done'), '→ ✅');
    assert.equal(write(headings, 'T001', 'done'), '');
    assert.equal(write(headings.replace(' ✅', ''), 'T002', 'done'), '');
  });

  it('keeps line ends and the missing final newline', () => {
    const text = '- [ ] T001 a\r\n- [ ] T002 b';
    const edits = formatNamed('spec-kit')?.write({ path, text }, statusChange('T002', 'done'));
    assert.equal(applyEdits(text, edits ?? []), '- [ ] T001 a\r\n- [x] T002 b');
  });
});

describe('writing a status into an auto-claude plan', () => {
  const { path, text } = planTexts['auto-claude'];
  const write = (key: string, status: SubtaskStatus, other: string = text) =>
    change('auto-claude', path, other, key, status);

  it('replaces the string token of the status', () => {
    assert.equal(write('subtask-1-2', 'done'), '"pending"→"completed"');
    assert.equal(write('subtask-1-1', 'failed'), '"completed"→"failed"');
    assert.equal(write('subtask-1-2', 'in_progress'), '"pending"→"in_progress"');
  });

  it('leaves a word that means the same', () => {
    assert.equal(write('subtask-2-1', 'done'), '');
  });

  it('writes nothing for what the format has no word', () => {
    for (const status of ['skipped', 'needs_attention', 'in_review', 'cancelled'] as const)
      assert.equal(write('subtask-1-2', status), '', status);
  });

  it('inserts a missing status in the layout of its neighbours', () => {
    assert.equal(write('subtask-2-2', 'done'), '→, "status": "completed"');
    const lines =
      '{"phases":[{"id":"p","subtasks":[{\n  "id" : "a",\n  "description" : "d",\n  "files_to_create": []\n}]}]}';
    assert.equal(write('a', 'blocked', lines), '→,\n  "status" : "blocked"');
    const minified = '{"phases":[{"id":"p","subtasks":[{"id":"a"}]}]}';
    const edits = formatNamed('auto-claude')?.write(
      { path, text: minified },
      statusChange('a', 'done'),
    );
    assert.equal(
      applyEdits(minified, edits ?? []),
      '{"phases":[{"id":"p","subtasks":[{"id":"a","status":"completed"}]}]}',
    );
  });

  it('writes nothing into a file that is no valid JSON', () => {
    assert.equal(
      formatNamed('auto-claude')?.write(
        { path, text: `${text}x` },
        statusChange('subtask-1-1', 'done'),
      ),
      null,
    );
  });
});
