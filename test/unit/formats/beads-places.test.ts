import assert from 'node:assert/strict';
import { beadsFormat } from '../../../src/formats/beads/format';
import { beadsText } from '../../support/plan-texts/beads';

describe('the places of beads exports', () => {
  const detects = (at: string, text = '') => beadsFormat.detect({ path: at, text });

  it('are known by their paths, and elsewhere by what they hold', () => {
    assert.ok(detects('.beads/issues.jsonl'));
    assert.ok(detects('apps/x/.beads/backup/issues.jsonl'));
    assert.ok(detects('03-anything.jsonl', `<<<<<<< HEAD\n${beadsText.text}`));
    assert.ok(detects('list.json', `[${beadsText.text.split('\n', 1).join('')}]`));
    for (const other of [
      '.beads/interactions.jsonl',
      '.beads/beads.base.jsonl',
      '.br_history/1.jsonl',
      '.beads/old/issues.jsonl',
    ])
      assert.ok(!detects(other, beadsText.text), other);
    assert.ok(!detects('features.json', '[{"id":1,"title":"a","status":"open"}]'));
    assert.ok(!detects('session.jsonl', '{"type":"event","ts":"x"}'));
    assert.ok(!detects('notes.md', beadsText.text));
    assert.deepEqual(beadsFormat.home('a/.beads/backup/issues.jsonl'), [
      'a/.beads/issues.jsonl',
      'a/.beads/backup/issues.jsonl',
    ]);
  });
});
