import fc from 'fast-check';
import type { SourceFile } from '../../../src/formats/format';
import { vpOpsFormat } from '../../../src/formats/vp-ops/format';
import { checkReading, checkWriting, mutated } from '../../support/format-properties';
import { vpOpsSession } from '../../support/plan-texts/vp-ops';
import { subtasksOf } from '../../../src/model/plan';

const pieces = fc.constantFrom(
  '| 1 | A | Task 1.1, T2.1 (x, y), 1.1 | ✅ |\n',
  '| Batch | Tasks |\n',
  '### BATCH 2: B\n- **T1.1** (sequential after T1.1 & T9.9) - x\n',
  '### T1.1 - a\n- **Dependencies:** T1.1, T2.2\n',
  '### Phase 1: A\n- Task 1.1: a\n',
  '## Human Gates\n### G\n**Trigger:** After Batch 1\n**Criteria:**\n- `x`\n',
  '**Milestones:**\n1. a\n1. b\n',
  '{"table":"phases","op":"INSERT","data":{"id":1,"sequence":1e9}}\n',
  '"dependencies":"[\\"task_d\\"]"',
  '---\n',
  '```\n',
  '|',
  '(',
  '**',
  '\r\n',
  '\uFEFF',
);
const texts = fc
  .array(fc.oneof({ weight: 4, arbitrary: pieces }, fc.string({ unit: 'binary', maxLength: 20 })))
  .map((parts) => parts.join(''));
const files = [vpOpsSession, ...vpOpsSession.others.values()];

/** The session with one of its files changed. */
const session = fc
  .nat(files.length - 1)
  .chain((at) => fc.tuple(fc.constant(at), mutated(files[at]?.text ?? '', texts)))
  .map(([at, text]) => {
    const [home, ...others] = files.map((file, index): SourceFile => ({
      path: file.path,
      text: index === at ? text : file.text,
    }));
    return {
      path: vpOpsSession.path,
      text: home?.text ?? '',
      others: new Map(others.map((file) => [file.path, file])),
    };
  });

describe('vp-ops', () => {
  it('finishes on any file, with places inside the texts and keys of their own', () => {
    const single = fc.constantFrom('a.md', 'x-vp-ops.md', 'x-vp-product.md', 'a.jsonl');
    fc.assert(
      fc.property(single, texts, (path, text) => void checkReading(vpOpsFormat, { path, text })),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(session, (source) => void checkReading(vpOpsFormat, source)),
      { numRuns: 200 },
    );
  }).timeout(60_000);

  it('writes nothing, whatever is asked', () => {
    fc.assert(
      fc.property(session, fc.nat(), (source, pick) => {
        const [plan] = vpOpsFormat.read(source).plans;
        const subtasks = plan === undefined ? [] : subtasksOf(plan);
        const subtask = subtasks[pick % Math.max(1, subtasks.length)];
        if (plan === undefined || subtask === undefined) return;
        checkWriting(vpOpsFormat, source, plan, subtask, 'done', { expected: () => '' });
      }),
      { numRuns: 50 },
    );
  }).timeout(60_000);
});
