import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatNamed, formatOf, formats } from '../../../src/formats/registry';
import { markOfStatus, statusOfMark } from '../../../src/formats/runsheet/marks';
import { readWorkspaceConfig } from '../../../src/formats/workspace-config';
import { subtasksOf, type FormatName } from '../../../src/model/plan';
import type { SubtaskStatus } from '../../../src/model/status';
import {
  askedStatuses,
  checkReading,
  checkWriting,
  mutated,
  type WritingRules,
} from '../../support/format-properties';
import { planTexts } from '../../support/plan-texts';

const samples = Object.entries(planTexts).map(([name, source]) => {
  const format = formatNamed(name);
  assert.ok(format);
  return { format, ...source };
});

/** Where reading back says another word than was asked for. */
const rules: Partial<Record<FormatName, WritingRules>> = {
  // A mark may stand for several statuses.
  runsheet: { readBack: (status) => statusOfMark(markOfStatus(status)) },
  'spec-kit': {
    readBack: (status, { title }) => (status === 'done' ? 'claimed' : struck(title, status)),
  },
  // What is given up has its word as a label, and keeps others from being ready.
  'task-master': { changes: ['labels', 'notReady'] },
  // A flag says done or not done; totals are facts.
  autobuildr: {
    changes: ['facts'],
    readBack: (status, { fileStatus }) =>
      status !== 'done' && fileStatus === 'true' ? 'pending' : wordFor(status),
  },
  markdown: { readBack: (status) => (status === 'cancelled' ? 'skipped' : wordFor(status)) },
};

function wordFor(status: SubtaskStatus): SubtaskStatus {
  return status === 'done' ? 'claimed' : status;
}

/** What is struck through stays skipped without a tick. */
function struck(title: string, status: SubtaskStatus): SubtaskStatus {
  return title.startsWith('**Deleted') ? 'skipped' : status;
}

// Pieces of all formats, so that random texts reach deep into the readers.
const pieces = fc.constantFrom(
  '- [ ] T001 [P] [US1] Do `src/a.ts` (depends on T002–T004)\n',
  '- [x] **T002** b\n',
  '- [~] 1.2 c\n',
  '- [x] 1. G\n  - [ ]* 1.1 d\n  - [-] 1.2 Checkpoint\n',
  '  - _Depends: 1.1, 1_\n  - _Requirements: 1.1-9.9_\n',
  '-[ ] 1.1 e\n',
  '## Dependency Graph\n```json\n[["1"],["1.1"]]\n```\n',
  '  - depends: T001, T9\n',
  '  - check: forbid /a(/ in ../x\n',
  '  - gate: G\n    - criterion-check: ["a"\n',
  '- gate: Look\n',
  '## Phase 1: A\n',
  '## Dependencies\n',
  'T001 → T002, T003 blocks T004\n',
  '#### T003: X ✅\n',
  'depends: A, 2\n',
  '```\n',
  '<!--',
  '-->',
  '---\n',
  'runsheet: 1\nchecks: [[a], {type: x}]\n',
  '{"phases": [',
  '{"id": 1, "subtasks": [{"status": null}]},',
  ']}',
  'Phase Summary:\n- Phase 1 (A): 3 subtasks, depends on [1]\n',
  '{"master": {"tasks": [{"id": 1.10, "status": "done", "dependencies": ["1.2", 1], "subtasks": [{}]}]}}',
  '"status": "pending", "dependencies": null,',
  '\n{"id":"a-1.2","title":"t","status":"open","issue_type":"epic","dependencies":[{"depends_on_id":"a-1"}]}\n',
  '<<<<<<< ours\n',
  '\r\n',
  '\uFEFF',
  '    ',
);
const texts = fc
  .array(fc.oneof({ weight: 4, arbitrary: pieces }, fc.string({ unit: 'binary', maxLength: 20 })))
  .map((parts) => parts.join(''));

describe('every format', () => {
  for (const { format, path, text } of samples) {
    it(`${format.name} finishes on any text, with places inside the text and keys of their own`, () => {
      fc.assert(
        fc.property(texts, (random) => void checkReading(format, { path, text: random })),
        { numRuns: 300 },
      );
      fc.assert(
        fc.property(
          mutated(text, texts),
          (other) => void checkReading(format, { path, text: other }),
        ),
        { numRuns: 300 },
      );
    }).timeout(20_000);

    it(`${format.name} writes what it then reads, and changes nothing else`, () => {
      const check = (current: string, pick: number, status: SubtaskStatus) => {
        const source = { path, text: current };
        const plan = format.read(source).plans[0];
        const subtasks = plan === undefined ? [] : subtasksOf(plan);
        const subtask = subtasks[pick % Math.max(1, subtasks.length)];
        if (plan === undefined || subtask === undefined) return;
        checkWriting(format, source, plan, subtask, status, rules[format.name] ?? {});
      };
      fc.assert(
        fc.property(fc.nat(), fc.constantFrom(...askedStatuses), (pick, status) =>
          check(text, pick, status),
        ),
        { numRuns: 100 },
      );
      fc.assert(
        fc.property(mutated(text, texts), fc.nat(), (other, pick) => check(other, pick, 'done')),
        { numRuns: 200 },
      );
    }).timeout(20_000);
  }

  it('is found for any file without a failure', () => {
    const paths = fc.constantFrom(
      'a.plan.md',
      'PLAN.md',
      'specs/a/tasks.md',
      'x.json',
      'a.txt',
      'README.md',
    );
    fc.assert(
      fc.property(paths, texts, (path, text) => {
        const format = formatOf({ path, text });
        assert.ok(format === null || formats.includes(format));
      }),
    );
  });

  it('reads large and hostile files in time', () => {
    const many = (line: string) => line.repeat(Math.floor((128 * 1024) / line.length));
    const hostile = [
      many('- [ ] T001 x (depends on T001-T999)\n'),
      many('- [ ] a\n'),
      many('```\n'),
      many('<!--\n'),
      many('~~~~\n````\n'),
      many('- gate: x\n'),
      many('  - depends: a\n'),
      `- [ ] T001 ${many(' ')}`,
      `# ${many('#')}`,
      `- [ ] ${many('[P] ')}`,
      `- [ ] ${many('**')}`,
      many('['),
      many('{"a":'),
      `---\n${many('a: &a [*a]\n')}---\n- [ ] x`,
      `## Dependencies\n${many('T001 → ')}`,
      many('('),
      many('depends on '),
    ];
    for (const text of hostile)
      for (const { format, path } of samples) {
        const start = performance.now();
        format.read({ path, text });
        const took = performance.now() - start;
        assert.ok(took < 10_000, `${format.name}: ${text.slice(0, 20)} took ${took} ms`);
      }
  }).timeout(120_000);
});

describe('readWorkspaceConfig', () => {
  it('finishes on any text', () => {
    const yaml = fc.array(
      fc.constantFrom(
        'agent: a\n',
        'workers: 3\n',
        'checks:\n',
        '  - npm test\n',
        'agents:\n',
        '  x: {program: y}\n',
        '- a\n',
        ': ',
        '&a ',
        '*a',
        '{',
        '[',
        '"',
        '\t',
      ),
    );
    fc.assert(fc.property(yaml, (parts) => void readWorkspaceConfig(parts.join(''))));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readWorkspaceConfig(text)));
  });
});
