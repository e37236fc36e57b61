import assert from 'node:assert/strict';
import { diagnosticsOf, lint, settingsDiagnostics } from '../../../src/language/diagnostics';
import { documentOf } from '../../support/cursor';

/** `severity rule line: the marked text`. */
function found(text: string): string[] {
  const lines = text.split('\n');
  return diagnosticsOf(documentOf(text)).map(({ range, severity, code }) => {
    const line = lines[range.start.line] ?? '';
    const marked = line.slice(range.start.character, range.end.character);
    return `${severity} ${code} ${range.start.line + 1}: ${marked}`;
  });
}

function rulesOf(text: string, path: string): string[] {
  return lint(documentOf(text, path).reading).map(({ rule }) => rule);
}

describe('diagnosticsOf', () => {
  it('marks what the format reports where it stands', () => {
    assert.deepEqual(found('# Demo\n- [ ] T01 One\n  - depends: T01, T09\n'), [
      '1 self-dependency 3: T01',
      '1 dangling-dependency 3: T09',
    ]);
  });

  it('reports each notion once, whoever finds it', () => {
    const text = '# Demo\n- [ ] T01 One\n  - depends: T02\n- [ ] T02 Two\n  - depends: T01\n';
    assert.deepEqual(found(text), ['1 dependency-cycle 2: T01']);
  });

  it('is silent on a plan without faults', () => {
    assert.deepEqual(found('# Demo\n- [ ] T01 One\n- [ ] T02 Two\n  - depends: T01\n'), []);
  });
});

describe('settingsDiagnostics', () => {
  it('marks the value that is not understood, and the key that nobody knows', () => {
    const text = 'agent: a\nturns: many\npolicy:\n  read_only: maybe\nwrokers: 2\n';
    const lines = text.split('\n');
    assert.deepEqual(
      settingsDiagnostics(text).map(({ range: { start, end }, severity, code }) => {
        return `${severity} ${code} ${lines[start.line]?.slice(start.character, end.character)}`;
      }),
      ['1 invalid-value many', '1 invalid-value maybe', '2 unknown-key 2'],
    );
  });

  it('is silent on settings without faults', () => {
    assert.deepEqual(settingsDiagnostics('agent: a\nturns: 7\n'), []);
  });
});

describe('done-before-dependency', () => {
  it('warns of a tick whose prerequisite is open', () => {
    const text = '# Demo\n- [ ] T01 One\n- [x] T02 Two\n  - depends: T01\n';
    assert.deepEqual(found(text), ['2 done-before-dependency 3: T02']);
    const [problem] = lint(documentOf(text).reading);
    assert.equal(problem?.message, 'T02 is marked as done, but T01, on which it depends, is not.');
  });

  it('takes a tick and a skip of the prerequisite for an answer', () => {
    for (const mark of ['x', '-'])
      assert.deepEqual(found(`# Demo\n- [${mark}] T01 One\n- [x] T02 Two\n  - depends: T01\n`), []);
  });
});

describe('never-ready', () => {
  it('names what stands behind a circle, which itself is reported already', () => {
    const text =
      '# Demo\n- [ ] T01 One\n  - depends: T01\n- [ ] T02 Two\n  - depends: T01\n- [ ] T03 Three\n';
    assert.deepEqual(found(text), ['1 self-dependency 3: T01', '2 never-ready 4: T02']);
    const [, problem] = lint(documentOf(text).reading);
    assert.match(problem?.message ?? '', /^2 of 3 can never start, .*: T01, T02\.$/);
  });
});

describe('template-placeholder', () => {
  it('warns of work that a template has left open', () => {
    const text = '# Demo\n- [ ] T01 Replace with your first task\n- [ ] T02 Replace the logo\n';
    assert.deepEqual(
      lint(documentOf(text).reading).map(({ rule, line }) => `${line} ${rule}`),
      ['2 template-placeholder'],
    );
  });
});

describe('parallel-same-file', () => {
  const pair = (files: string, more = '') =>
    `# Demo\n- [ ] T01 One\n  - files: src/a.ts\n- [ ] T02 Two\n  - files: ${files}\n${more}`;

  it('tells of two subtasks on one file that nothing orders', () => {
    assert.deepEqual(found(pair('./src/a.ts')), ['3 parallel-same-file 4: T02']);
  });

  it('leaves to the format what the file declares as parallel', () => {
    const text =
      '# Tasks: Demo\n\n- [ ] T001 [P] Add x to src/a.ts\n- [ ] T002 [P] Add y to src/a.ts\n';
    assert.deepEqual(rulesOf(text, 'specs/1/tasks.md'), ['parallel-same-file']);
  });

  it('is silent when one depends on the other, directly or through a third', () => {
    assert.deepEqual(found(pair('src/a.ts', '  - depends: T01\n')), []);
    const through = '  - depends: T03\n- [ ] T03 Three\n  - depends: T01\n';
    assert.deepEqual(found(pair('src/a.ts', through)), []);
  });

  it('is silent on different files', () => {
    assert.deepEqual(found(pair('src/b.ts')), []);
  });

  it('looks at 5,000 subtasks on one file in a moment', () => {
    const many = Array.from({ length: 5000 }, (_, n) => `- [ ] T${n + 1000} x\n  - files: a.ts\n`);
    const started = performance.now();
    const problems = found(`# Demo\n${many.join('')}`);
    assert.equal(problems.length, 1001);
    assert.match(problems.at(-1) ?? '', /^2 more-problems/);
    assert.ok(performance.now() - started < 5000);
  });
});
