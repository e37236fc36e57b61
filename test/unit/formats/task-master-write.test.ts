import assert from 'node:assert/strict';
import { taskMasterFormat } from '../../../src/formats/task-master/format';
import type { SubtaskStatus } from '../../../src/model/status';
import { applyEdits } from '../../support/plan-texts';
import { taskMasterText } from '../../support/plan-texts/task-master';
import { statusChange } from '../../support/status-change';

function edits(
  text: string,
  key: string,
  status: SubtaskStatus,
  known: [string, SubtaskStatus][] = [],
) {
  const change = statusChange(key, status, { plan: 'master', known: new Map(known) });
  return taskMasterFormat.write({ path: taskMasterText.path, text }, change);
}

/** What is replaced by what. */
function changes(
  text: string,
  key: string,
  status: SubtaskStatus,
  known: [string, SubtaskStatus][] = [],
) {
  return edits(text, key, status, known)?.map(
    (edit) => `${text.slice(edit.range.start, edit.range.end)}→${edit.text}`,
  );
}

function written(text: string, key: string, status: SubtaskStatus): string {
  return applyEdits(text, edits(text, key, status) ?? []);
}

const updated = '2026-01-02T03:04:05.678Z→2026-03-04T05:06:07.000Z';

describe('writing a Task Master plan', () => {
  const { text } = taskMasterText;

  it('changes the word of the status, and the times that the file keeps', () => {
    assert.deepEqual(changes(text, '1.2', 'done'), ['pending→done', updated]);
    assert.deepEqual(changes(text, '1.1', 'pending'), [
      'done→pending',
      '2026-01-02T03:04:05Z→2026-03-04T05:06:07Z',
      updated,
    ]);
    assert.deepEqual(changes(text, '3', 'blocked'), ['review→blocked', updated]);
  });

  it('writes nothing that only a person may say, and nothing twice', () => {
    for (const status of [
      'needs_attention',
      'in_review',
      'failed',
      'skipped',
      'cancelled',
    ] as const)
      assert.deepEqual(changes(text, '1.2', status), [], status);
    assert.deepEqual(changes(text, '1.1', 'done'), []);
    assert.deepEqual(changes(text.replace('"done"', '"completed"'), '1.1', 'claimed'), []);
    assert.equal(edits(text, '9', 'done'), null);
    assert.equal(edits('{', '1', 'done'), null);
  });

  it('gives a subtask a status only when it is done, before the key behind its names', () => {
    const after = written(text, '1.3', 'done');
    assert.ok(
      after.includes('"description": "The week at a glance",\n            "status": "done"\n'),
    );
    const keyed = '{"master":{"tasks":[{"id":1,"title":"t",\n  "x":2}]}}';
    assert.ok(written(keyed, '1', 'done').includes('"title":"t",\n  "status":"done",\n  "x":2}'));
    assert.deepEqual(changes(text, '1.3', 'in_progress'), []);
    assert.deepEqual(changes('{"tasks":[{}]}', '1', 'done'), []);
  });

  it('starts a task with its first subtask, and ends it with its last', () => {
    assert.deepEqual(changes(text, '4.1', 'in_progress'), [
      'pending→in-progress',
      'pending→in-progress',
      updated,
    ]);
    assert.deepEqual(changes(text, '1.2', 'in_progress'), ['pending→in-progress', updated]);
    assert.deepEqual(changes(text, '4.1', 'done'), ['pending→done', 'pending→done', updated]);
    const known: [string, SubtaskStatus][] = [['1.3', 'done']];
    assert.deepEqual(changes(text, '1.2', 'done', known), [
      'pending→done',
      'in-progress→done',
      updated,
      updated,
    ]);
    assert.deepEqual(changes(text, '4.1', 'blocked'), ['pending→blocked', updated]);
  });

  it('keeps line ends, a byte order mark, escapes and the form of times', () => {
    const odd = `\uFEFF${text.replaceAll('\n', '\r\n').replace('"updated": "2026-01-02T03:04:05.678Z"', '"updated": "2026-01-02"')}`;
    const after = written(odd, '1.2', 'done');
    assert.equal(
      after,
      odd
        .replace('"status": "pending"', '"status": "done"')
        .replace('"updated": "2026-01-02"', '"updated": "2026-03-04"'),
    );
    assert.ok(after.includes('Write \\u0026 read'));
  });

  it('writes into the tag that is meant', () => {
    const two =
      '{"a":{"tasks":[{"id":1,"title":"t","status":"pending"}]},"b":{"tasks":[{"id":1,"title":"t","status":"pending"}]}}';
    const [edit] =
      taskMasterFormat.write(
        { path: 'x.json', text: two },
        statusChange('1', 'done', { plan: 'b' }),
      ) ?? [];
    assert.ok(edit);
    assert.ok(edit.range.start > two.indexOf('"b"'));
    assert.equal(edit.path, 'x.json');
  });
});
