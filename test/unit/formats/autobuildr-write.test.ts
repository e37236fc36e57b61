import assert from 'node:assert/strict';
import fc from 'fast-check';
import { autobuildrFormat } from '../../../src/formats/autobuildr/format';
import type { SubtaskStatus } from '../../../src/model/status';
import { checkReading, mutated } from '../../support/format-properties';
import { applyEdits } from '../../support/plan-texts';
import { appSpec, progressLog } from '../../support/plan-texts/autobuildr';
import { statusChange } from '../../support/status-change';

function written(text: string, key: string, status: SubtaskStatus): string | null {
  const edits = autobuildrFormat.write(
    { path: 'feature_list.json', text },
    statusChange(key, status),
  );
  return edits === null ? null : applyEdits(text, edits);
}

describe('writing a status into a feature list', () => {
  it('turns a flag, and nothing but the flag', () => {
    const text = '[\r\n  {"name":  "é\\u00e9", "passes":   false }]';
    assert.equal(written(text, '1', 'done'), text.replace('false', 'true'));
    for (const status of ['in_progress', 'blocked', 'failed', 'skipped', 'pending'] as const) {
      assert.equal(written(text, '1', status), text, status);
      assert.equal(written(text.replace('false', 'true'), '1', status), text, status);
    }
    assert.equal(written(text, '2', 'done'), null);
  });

  it('keeps `in_progress` where the file has it, and adds it only beside another', () => {
    const text =
      '[{"id": "a", "passes": false, "in_progress": true}, {"id": "b",\n "passes": false}]';
    assert.equal(written(text, 'a', 'pending'), text.replace('s": true', 's": false'));
    const added = text.replace('"passes": false}', '"passes": false,\n "in_progress": true}');
    assert.equal(written(text, 'b', 'in_progress'), added);
    assert.equal(written(text, 'a', 'in_progress'), text);
  });

  it('uses the word that the file has for it', () => {
    const entry = (id: string, status: string) => ({ id, name: id, status });
    const list = (rest: object, ...entries: object[]) =>
      JSON.stringify({ features: [entry('a', 'todo'), ...entries], ...rest });
    const word = (text: string, status: SubtaskStatus) => {
      const after = written(text, 'a', status);
      return /"id":"a","name":"a","status":"([^"]*)"/.exec(after ?? '')?.[1];
    };
    const entries = [entry('b', 'Completed'), entry('c', 'passed'), entry('d', 'Completed')];
    assert.equal(word(list({}, ...entries), 'done'), 'Completed');
    assert.equal(word(list({ status_legend: { passing: 'x' } }), 'done'), 'passing');
    assert.equal(
      word(list({ allowed_statuses: ['analyzing', 'done'] }), 'in_progress'),
      'analyzing',
    );
    assert.equal(word(list({ valid_status: ['skipped'] }), 'skipped'), 'skipped');
    assert.equal(word(list({}), 'done'), 'done');
    assert.equal(word(list({}), 'blocked'), 'blocked');
    for (const status of ['skipped', 'needs_attention', 'in_review', 'cancelled'] as const)
      assert.equal(word(list({}), status), 'todo', status);
  });

  it('adds no status where an entry has none, and fills an empty one', () => {
    assert.equal(written('[{"name": "a"}]', '1', 'done'), '[{"name": "a"}]');
    assert.equal(
      written('{"features": [{"name": "a", "status": null}]}', '1', 'done'),
      '{"features": [{"name": "a", "status": "done"}]}',
    );
  });

  it('keeps totals right that were right, and leaves others alone', () => {
    const text = (done: number, begun: number) =>
      `{"completed_features": ${done}, "in_progress_features": ${begun}, "total_features": 9, "features": [{"name": "a", "status": "wip"}, {"name": "b", "status": "done"}]}`;
    assert.equal(written(text(1, 1), '1', 'done'), text(2, 0).replace('"wip"', '"done"'));
    assert.equal(written(text(5, 1), '1', 'done'), text(5, 0).replace('"wip"', '"done"'));
  });

  it('writes into the last of two equal keys', () => {
    assert.equal(
      written('[{"name": "a", "passes": false, "passes": false}]', '1', 'done'),
      '[{"name": "a", "passes": false, "passes": true}]',
    );
  });
});

describe('logs and specifications', () => {
  const pieces = fc.constantFrom(
    ...[
      '## Feature #3: A - PASSED\n',
      '**Status:** N/A\n',
      '- Step 1: x - PASS\n',
      '```\n',
      '<!--',
    ],
    ...[
      'Total: 3/4',
      '<step number="1">',
      '</step>',
      '<tasks>',
      '- x\n',
      '</implementation_steps>',
    ],
    ...[
      '<feature index="1" depends_on="2,1">',
      '&#99999999;',
      '&amp;',
      '\r\n',
      '\uFEFF',
      '-->',
      '<T>',
    ],
  );
  const texts = fc
    .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 20 })))
    .map((parts) => parts.join(''));

  it('are read to the end whatever they hold, with places inside their text', () => {
    for (const { path, text } of [progressLog, appSpec]) {
      const check = (other: string) => void checkReading(autobuildrFormat, { path, text: other });
      fc.assert(fc.property(texts, check), { numRuns: 200 });
      fc.assert(fc.property(mutated(text, texts), check), { numRuns: 300 });
    }
  }).timeout(20_000);

  it('are read in time, however hostile', () => {
    const many = (piece: string) => piece.repeat(Math.floor((512 * 1024) / piece.length));
    const spec = '<project_specification><implementation_steps>';
    for (const text of [
      ...[
        many('## Feature #1: A - PASSED\n'),
        many('<a b="'),
        many('<a>'),
        many('</a>'),
        many('<!--'),
      ],
      ...[many('<a '), `<a${many(' ')}`, spec + many('<step><tasks>- x\n'), spec + many('<T>- x')],
      ...[many('- Step 1 - '), `## Feature #1: ${many(' - ')}`, many('&#1;')],
    ])
      for (const path of ['claude-progress.txt', 'app_spec.txt']) {
        const start = performance.now();
        autobuildrFormat.read({ path, text });
        const took = performance.now() - start;
        assert.ok(took < 5000, `${path}: ${text.slice(0, 30)} took ${took} ms`);
      }
  }).timeout(120_000);
});
