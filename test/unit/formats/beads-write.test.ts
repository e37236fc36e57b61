import assert from 'node:assert/strict';
import { beadsFormat } from '../../../src/formats/beads/format';
import type { SourceFile } from '../../../src/formats/format';
import type { SubtaskStatus } from '../../../src/model/status';
import { beadsText } from '../../support/plan-texts/beads';
import { statusChange } from '../../support/status-change';

function changes(
  text: string,
  key: string,
  status: SubtaskStatus,
  path = beadsText.path,
  beside?: string,
) {
  const others = new Map<string, SourceFile>();
  if (beside !== undefined) others.set(beside, { path: beside, text: '' });
  const edits = beadsFormat.write({ path, text, others }, statusChange(key, status));
  return (
    edits?.map(({ range, text: put }) => `${text.slice(range.start, range.end)}→${put}`) ?? null
  );
}

const updated = '2026-01-03T08:00:00Z→2026-03-04T05:06:07Z';

describe('writing a beads export', () => {
  const { text } = beadsText;

  it('closes an issue in its own line, with the time in the form of the row', () => {
    assert.deepEqual(changes(text, 'nt-1.2', 'done'), [
      'in_progress→closed',
      updated,
      '→,"closed_at":"2026-03-04T05:06:07Z"',
    ]);
    assert.deepEqual(changes(text, 'nt-5', 'claimed'), [
      'blocked→closed',
      updated,
      '→, "closed_at": "2026-03-04T05:06:07Z"',
    ]);
    assert.deepEqual(changes(text, 'nt-7', 'done'), [
      'resting→closed',
      updated,
      'null→"2026-03-04T05:06:07Z"',
    ]);
  });

  it('opens an issue again without its time of closing', () => {
    const stamp = '2026-01-03T09:10:11.123456789+02:00';
    const now = '2026-03-04T07:06:07.000000000+02:00';
    assert.deepEqual(changes(text, 'nt-1.1', 'pending'), [
      'closed→open',
      `${stamp}→${now}`,
      `,"closed_at":"${stamp}"→`,
    ]);
    assert.deepEqual(changes(text, 'nt-1.1', 'in_progress'), [
      'closed→in_progress',
      `${stamp}→${now}`,
      `"closed_at":"${stamp}"→"started_at":"${now}"`,
    ]);
  });

  it('keeps the time of a start only where the file does', () => {
    assert.deepEqual(changes(text, 'nt-6', 'in_progress'), [
      'deferred→in_progress',
      updated,
      '→,"started_at":"2026-03-04T05:06:07Z"',
    ]);
    const without = text.replace(',"started_at":"2026-01-03T08:00:00Z"', '');
    assert.deepEqual(changes(without, 'nt-6', 'in_progress'), ['deferred→in_progress', updated]);
    assert.deepEqual(changes(text, 'nt-1.2', 'blocked'), ['in_progress→blocked', updated]);
  });

  it('writes nothing that the format has no word for, and nothing twice', () => {
    for (const status of [
      'failed',
      'skipped',
      'needs_attention',
      'in_review',
      'cancelled',
    ] as const)
      assert.deepEqual(changes(text, 'nt-1.2', status), [], status);
    assert.deepEqual(changes(text, 'nt-1.2', 'in_progress'), []);
    assert.deepEqual(
      changes(text.replace('"in_progress"', '"hooked"'), 'nt-1.2', 'in_progress'),
      [],
    );
    assert.equal(changes(text, 'nt-99', 'done'), null);
    assert.equal(changes(text, 'nt-1', 'done'), null);
  });

  it('writes to no export beside a database, no dump, no list and no unresolved merge', () => {
    for (const database of ['.beads/beads.db', '.beads/dolt', '.beads/embeddeddolt'])
      assert.deepEqual(changes(text, 'nt-1.2', 'done', beadsText.path, database), []);
    assert.deepEqual(changes(text, 'nt-1.2', 'done', '.beads/backup/issues.jsonl'), []);
    assert.deepEqual(changes(`${text}=======\n`, 'nt-1.2', 'done'), []);
    const list = `[${text.trim().split('\n').join(',\n')}]`;
    assert.deepEqual(changes(list, 'nt-1.2', 'done', 'list.json'), []);
    assert.equal(changes(text, 'nt-1.2', 'done', 'export.jsonl', 'app.db')?.length, 3);
  });
});
