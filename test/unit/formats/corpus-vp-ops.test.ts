import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from '../../../src/formats/format';
import { vpOpsFormat } from '../../../src/formats/vp-ops/format';
import { wavesOf } from '../../../src/formats/vp-ops/checks';
import { subtasksOf } from '../../../src/model/plan';
import { corpusOf, describeCorpus } from '../../support/corpus';
import { describeCorpusWriting } from '../../support/corpus-writing';

// The expectations leave out what is only information.
describeCorpus('vp-ops', { problems: 'least' });
describeCorpusWriting('vp-ops', () => ({ expected: () => '' }));

const folder = 'docs/plans/generated/';
const session = 'sess_687bc31b';

/** What the reference works out for the seed with all files of its session. */
const edges =
  '1.1>1.2 1.2>1.3 1.3>1.4 1.1>2.1 2.1>2.2 2.2>2.3 2.3>2.4 2.4>2.5 2.1>3.1 3.1>3.2 3.1>3.3 3.3>3.4 ' +
  '3.3>3.5 3.4>3.5 2.1>4.1 4.1>4.2 4.2>4.3 4.1>4.4 2.1>5.1 5.1>5.2 3.2>5.2 5.2>5.3 5.3>5.4';
const waves = [
  '1.1',
  '1.2 2.1',
  '1.3 2.2 3.1 4.1 5.1',
  '1.4 2.3 3.2 3.3 4.2 4.4',
  '2.4 3.4 4.3 5.2',
  '2.5 3.5 5.3',
  '5.4',
];

describe('the session of the vp-ops seed', () => {
  const corpus = corpusOf('vp-ops');
  if (corpus === null) {
    it.skip('is not here');
    return;
  }
  const fileAt = (from: string, path: string): SourceFile => ({
    path,
    text: readFileSync(join(corpus.folder, from), 'utf8'),
  });
  const log = `2025-11-23-${session}.jsonl`;
  const others = [
    fileAt(`${session}/${log}`, `data/events/${log}`),
    ...['minutes', 'summary', 'vp-engineering', 'vp-product'].map((name) =>
      fileAt(`${session}/${session}-${name}.md`, `${folder}${session}-${name}.md`),
    ),
  ];
  const ops = fileAt(`seed-${session}-vp-ops.md`, `${folder}${session}-vp-ops.md`);
  const { plans, problems } = vpOpsFormat.read({
    ...ops,
    others: new Map(others.map((file) => [file.path, file])),
  });
  const subtasks = plans.flatMap(subtasksOf);

  it('has the 23 edges of the log by label', () => {
    const found = subtasks.flatMap(({ id, dependsOn }) =>
      dependsOn.filter(({ kind }) => kind === 'declared').map((one) => `${one.id}>${id}`),
    );
    assert.deepEqual(found.toSorted(), edges.split(' ').toSorted());
  });

  it('needs seven waves by dependencies alone', () => {
    const found = wavesOf(subtasks).map((wave) => wave.map(({ id }) => id));
    assert.deepEqual(
      found.map((wave) => wave.toSorted().join(' ')),
      waves,
    );
  });

  it('has the findings of the reference, batch 1 that depends on itself among them', () => {
    const own = problems.filter(
      ({ path, rule }) => path === undefined && !rule.startsWith('gate-'),
    );
    assert.deepEqual(own.map(({ rule }) => rule).toSorted(), [
      'checkpoint-names-later-task',
      'date-mismatch',
      'dependency-in-parallel-batch',
      'waves-exceed-batches',
    ]);
    const [one] = own.filter(({ rule }) => rule === 'dependency-in-parallel-batch');
    assert.match(one?.message ?? '', /^2\.1 depends on 1\.1, which is in the same batch 1/);
  });
});
