import assert from 'node:assert/strict';
import type { PlanSource } from '../../../src/formats/format';
import { gsdFormat } from '../../../src/formats/gsd/format';
import { formatOf } from '../../../src/formats/registry';
import { subtasksOf, type Plan, type Subtask } from '../../../src/model/plan';
import type { SubtaskStatus } from '../../../src/model/status';
import { corpusOf, describeCorpus } from '../../support/corpus';
import { corpusSource, describeCorpusWriting } from '../../support/corpus-writing';
import { askedStatuses, checkWriting, type WritingRules } from '../../support/format-properties';

describeCorpus('gsd', { problems: 'all' });

/** The marks of a plan's lines in the roadmap, found as a person looks for them. */
function marksOf(source: PlanSource, { id }: Subtask): string[] {
  const roadmap = [...(source.others?.values() ?? [])].find(({ path }) =>
    /\/ROADMAP\.md$/.test(path),
  );
  const live = (roadmap?.text ?? '').replace(/<details>[^]*?<\/details>/g, '');
  const stem = id.replace(/#\d+$/, '');
  const line = new RegExp(
    `^\\s*- \\[([ xX])\\] ${stem.replaceAll('.', '\\.')}(?:-PLAN\\.md|:)`,
    'gm',
  );
  return Array.from(live.matchAll(line), ([, mark = '']) => mark);
}

function othersDone({ key }: Subtask, plan: Plan): Map<string, SubtaskStatus> {
  const others = subtasksOf(plan).filter((other) => other.key !== key);
  return new Map(others.map((other) => [other.key, 'done']));
}

/** All other tasks are done, so that one more decides for its plan. */
function rulesOf(source: PlanSource): WritingRules {
  return {
    known: othersDone,
    expected(subtask, status) {
      const marks = marksOf(source, subtask);
      if (status === 'done')
        return marks.flatMap((mark) => (mark === ' ' ? [' →x'] : [])).join(' | ');
      if (status !== 'pending') return '';
      return marks.flatMap((mark) => (mark === ' ' ? [] : [`${mark}→ `])).join(' | ');
    },
    // Only a summary says that work is done.
    readBack: () => null,
  };
}

describeCorpusWriting('gsd', rulesOf);

describe('writing into the folders of the gsd corpus', function () {
  this.timeout(120_000);
  const corpus = corpusOf('gsd');
  if (corpus === null) {
    it.skip('is not here');
    return;
  }
  for (const [name] of corpus.files.filter(([, { kind }]) => kind === 'tree')) {
    it(`changes one status at a time in ${name}`, async () => {
      const source = await corpusSource(gsdFormat, corpus.folder, `${name}/.planning`);
      assert.ok(source);
      const [plan] = gsdFormat.read(source).plans;
      assert.ok(plan);
      const rules = rulesOf(source);
      const subtasks = subtasksOf(plan);
      const step = Math.ceil(subtasks.length / 20);
      for (const subtask of subtasks.filter((_, index) => index % step === 0))
        for (const status of askedStatuses)
          checkWriting(gsdFormat, source, plan, subtask, status, rules);
    });
  }
});

describe('finding the files of the gsd corpus', () => {
  it('knows each of them by its path', function () {
    const corpus = corpusOf('gsd');
    if (corpus === null) this.skip();
    for (const [name, { kind }] of corpus.files) {
      if (name.startsWith('seed')) continue;
      const below = name.slice(name.indexOf('.planning'));
      const path = kind === 'tree' ? '.planning' : below;
      assert.equal(formatOf({ path, text: '' })?.name, 'gsd', name);
    }
  });
});
