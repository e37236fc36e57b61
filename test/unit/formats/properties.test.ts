import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PlanFormat } from '../../../src/formats/format';
import { formatNamed, formatOf, formats } from '../../../src/formats/registry';
import { linesOf } from '../../../src/formats/text';
import { readWorkspaceConfig } from '../../../src/formats/workspace-config';
import { subtasksOf, type Plan } from '../../../src/model/plan';
import { applyEdits, planTexts } from '../../support/plan-texts';

const samples = Object.entries(planTexts).map(([name, source]) => {
  const format = formatNamed(name);
  assert.ok(format);
  return { format, ...source };
});

// Pieces of all formats, so that random texts reach deep into the readers.
const pieces = fc.constantFrom(
  '- [ ] T001 [P] [US1] Do `src/a.ts` (depends on T002–T004)\n',
  '- [x] **T002** b\n',
  '- [~] 1.2 c\n',
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
  '\r\n',
  '\uFEFF',
  '    ',
);
const texts = fc
  .array(fc.oneof({ weight: 4, arbitrary: pieces }, fc.string({ unit: 'binary', maxLength: 20 })))
  .map((parts) => parts.join(''));

/** A sample with parts cut out, doubled or replaced. */
const mutations = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(40), put: texts }),
  { minLength: 1, maxLength: 4 },
);
const mutated = (text: string) =>
  mutations.map((changes) =>
    changes.reduce((result, { at, length, put }) => {
      const start = Math.floor(at * result.length);
      return result.slice(0, start) + put.slice(0, 60) + result.slice(start + length);
    }, text),
  );

function checkReading(format: PlanFormat, path: string, text: string): void {
  const { plans, problems } = format.read({ path, text });
  const lines = linesOf(text).length;
  for (const { line, range } of problems) {
    assert.ok(line >= 1 && line <= lines, `line ${line} of ${lines}`);
    if (range !== null) assert.ok(range.start >= 0 && range.end <= text.length + 1);
  }
  for (const plan of plans) {
    const keys = subtasksOf(plan).map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length, 'keys are unique');
    const phaseKeys = plan.phases.map(({ key }) => key);
    assert.equal(new Set(phaseKeys).size, phaseKeys.length, 'phase keys are unique');
    for (const { range, line } of subtasksOf(plan)) {
      assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length);
      assert.ok(line >= 1 && line <= lines);
    }
  }
}

/** A plan without what a change of one status and a shift of offsets may change. */
function comparable(plan: Plan | undefined, key: string): unknown {
  const text = JSON.stringify(plan, (name, value: unknown) => {
    return name.toLowerCase().endsWith('range') || name === 'line' ? undefined : value;
  });
  const parsed: unknown = JSON.parse(text, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('key' in value)) return value;
    return value.key === key ? { ...value, status: '', fileStatus: '' } : value;
  });
  return parsed;
}

describe('every format', () => {
  for (const { format, path, text } of samples) {
    it(`${format.name} finishes on any text, with places inside the text and keys of their own`, () => {
      fc.assert(
        fc.property(texts, (random) => checkReading(format, path, random)),
        { numRuns: 300 },
      );
      fc.assert(
        fc.property(mutated(text), (other) => checkReading(format, path, other)),
        { numRuns: 300 },
      );
    }).timeout(20_000);

    it(`${format.name} writes what it then reads, and changes nothing else`, () => {
      const statuses = fc.constantFrom(
        'done',
        'pending',
        'failed',
        'in_progress',
        'skipped',
        'blocked',
      );
      const check = (
        current: string,
        pick: number,
        status: 'done' | 'pending' | 'failed' | 'in_progress' | 'skipped' | 'blocked',
      ) => {
        const before = format.read({ path, text: current }).plans[0];
        const subtasks = before === undefined ? [] : subtasksOf(before);
        const subtask = subtasks[pick % Math.max(1, subtasks.length)];
        if (subtask === undefined) return;
        const edits = format.write({ path, text: current }, { key: subtask.key, status });
        assert.ok(edits !== null && edits.length <= 1);
        const after = applyEdits(current, edits);
        const again = format.read({ path, text: after }).plans[0];
        assert.deepEqual(comparable(again, subtask.key), comparable(before, subtask.key));
        assert.deepEqual(format.write({ path, text: after }, { key: subtask.key, status }), []);
        const now = again && subtasksOf(again).find(({ key }) => key === subtask.key)?.status;
        if (edits.length > 0 && status === 'done') assert.equal(now, 'claimed');
        if (edits.length > 0 && status === 'pending')
          assert.equal(now, subtask.title.startsWith('**Deleted') ? 'skipped' : 'pending');
        if (edits.length === 0) assert.equal(after, current);
      };
      fc.assert(
        fc.property(fc.nat(), statuses, (pick, status) => check(text, pick, status)),
        { numRuns: 100 },
      );
      fc.assert(
        fc.property(mutated(text), fc.nat(), (other, pick) => check(other, pick, 'done')),
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
