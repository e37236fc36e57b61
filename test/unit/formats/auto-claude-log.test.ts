import assert from 'node:assert/strict';
import { autoClaudeFormat } from '../../../src/formats/auto-claude/format';
import { readPhaseLine } from '../../../src/formats/auto-claude/log-line';
import { subtasksOf } from '../../../src/model/plan';
import { statusChange } from '../../support/status-change';

const read = (text: string) => autoClaudeFormat.read({ path: 'a/build-progress.txt', text });

describe('readPhaseLine', () => {
  const dependsOn = (clause: string) =>
    readPhaseLine(`- Phase 9 (Name): 2 subtasks, ${clause}`)?.dependsOn;

  it('reads number, name and count in their spellings', () => {
    const expected = { number: 3, name: 'The name', subtasks: 2, dependsOn: [] };
    for (const line of [
      '- Phase 3 (The name): 2 subtasks',
      '* Phase 3 - The name: 2 chunks',
      '- Phase 3: The name: 2 subtasks, no dependencies',
    ])
      assert.deepEqual(readPhaseLine(line), expected, line);
  });

  it('reads every form of the dependency clause', () => {
    const forms: [string, number[]][] = [
      ['no dependencies', []],
      ['depends on nothing', []],
      ['depends on []', []],
      ['depends on phase-1', [1]],
      ['depends on [phase-1-types, phase-2-store]', [1, 2]],
      ['depends on [1]', [1]],
      ['depends on phases 8 & 9', [8, 9]],
      ['depends on phase-2 through phase-6', [2, 3, 4, 5, 6]],
      ['depends on [Phases 2-5]', [2, 3, 4, 5]],
      ['depends on [phase-2,3,4]', [2, 3, 4]],
      ['depends on phase-2-queries + phase-3-charts', [2, 3]],
      ['depends on phase-2-5g-support', [2]],
      ['depends on all previous phases', [1, 2, 3, 4, 5, 6, 7, 8]],
      ['depends on all phases', [1, 2, 3, 4, 5, 6, 7, 8]],
      ['depends on phase-1 (types), phase-2 (store)', [1, 2]],
      ['(depends on phase-1, beside phase-2 (page))', [1]],
      ['depends on phases [1, 2]', [1, 2]],
      ['depends on Phase 1, Phase 2, and Phase 3', [1, 2, 3]],
      ['depends on phase 2-4', [2, 3, 4]],
      ['depends on "phase-1", `phase-2`', [1, 2]],
      ['depends on **Phase 3**', [3]],
      ['depends on phase-1/phase-2', [1, 2]],
      ['depends_on: [phase-4]', [4]],
      ['deps: phase-1+2 | parallel-safe', [1, 2]],
      ['depends on all implementation phases', [1, 2, 3, 4, 5, 6, 7, 8]],
      ['depends on phase-1-login-and-2fa, phase-3-csv-to-5d', [1, 3]],
      ['depends on phase-1 – 3 files', [1]],
      ['depends on phase-1 – phase-3', [1, 2, 3]],
      ['no dependencies, 2 files', []],
    ];
    for (const [clause, expected] of forms) assert.deepEqual(dependsOn(clause), expected, clause);
  });

  it('gives nothing for other lines', () => {
    for (const line of [
      '- Phases: 4',
      'Phase 1 (A): 2 subtasks',
      '- Phase 1 is done',
      '- Session 1: 2 subtasks',
    ])
      assert.equal(readPhaseLine(line), null, line);
  });
});

describe('a progress log without a plan', () => {
  const log = [
    '=== AUTO-BUILD PROGRESS ===',
    '',
    'Project: Shop search',
    '- Phases: 2',
    '- Total subtasks: 4',
    '',
    'Phase Summary:',
    '- Phase 1 (Index): 1 subtask, no dependencies',
    '  - subtask-1-1: build it',
    '- Phase 2 (Page): 2 subtasks, depends on phase-1',
    '',
    'Services Involved:',
    '- Phase 3 (No): 9 subtasks',
    '  python run.py --spec 001 --parallel 2',
  ].join('\n');

  it('gives a skeleton of placeholders', () => {
    const { plans, problems } = read(log);
    const [plan] = plans;
    assert.ok(plan);
    assert.equal(plan.title, 'Shop search');
    assert.deepEqual(
      plan.phases.map(({ id, dependsOn }) => [id, dependsOn.map((one) => `${one.id} ${one.kind}`)]),
      [
        ['phase-1', []],
        ['phase-2', ['phase-1 declared']],
      ],
    );
    assert.deepEqual(
      subtasksOf(plan).map(({ id, title, status, labels }) => [id, title, status, labels]),
      [
        ['subtask-1-1', 'Index (1 of 1)', 'pending', ['generated']],
        ['subtask-2-1', 'Page (1 of 2)', 'pending', ['generated']],
        ['subtask-2-2', 'Page (2 of 2)', 'pending', ['generated']],
      ],
    );
    assert.deepEqual(
      problems.map(({ rule, line }) => `${line} ${rule}`),
      ['5 summary-mismatch', '14 dead-startup-command'],
    );
  });

  it('may have a heading for each phase, with a line for what it waits for', () => {
    const { plans, problems } = read(
      [
        '=== AUTO-BUILD PROGRESS ===',
        '=== PHASE SUMMARY ===',
        'Phase 1: Index (2 subtasks)',
        '- Write it',
        'Dependencies: None',
        '',
        '**Phase 2 (Page)**: 1 subtask | deps: phase-1',
        'Phase 3: Checks (1 subtask)',
        '- Depends on: Phases 1, 2',
        '',
        '=== STARTUP COMMAND ===',
        'Phase 4: No (3 subtasks)',
      ].join('\n'),
    );
    assert.deepEqual(
      plans[0]?.phases.map(({ id, title, subtasks, dependsOn }) => {
        return [id, title, subtasks.length, dependsOn.map((one) => one.id)];
      }),
      [
        ['phase-1', 'Index', 2, []],
        ['phase-2', 'Page', 1, ['phase-1']],
        ['phase-3', 'Checks', 1, ['phase-1', 'phase-2']],
      ],
    );
    assert.deepEqual(problems, []);
  });

  it('is no plan when it only tells a story', () => {
    assert.deepEqual(read('=== AUTO-BUILD PROGRESS ===\nPhase 1 went well.\n'), {
      kind: 'progress',
      plans: [],
      problems: [],
      facts: {},
    });
  });

  it('is never written to', () => {
    const source = { path: 'a/build-progress.txt', text: log };
    assert.deepEqual(autoClaudeFormat.write(source, statusChange('subtask-2-1', 'done')), []);
    assert.equal(autoClaudeFormat.write(source, statusChange('subtask-9-1', 'done')), null);
  });

  it('makes no more rows of mere counts than a log can mean, and says where it stopped', () => {
    const list = Array.from({ length: 300 }, (_, at) => `- Phase ${at + 1} (Part): 9 subtasks`);
    const { plans, problems } = read(
      `=== AUTO-BUILD PROGRESS ===\n\nPhase Summary:\n${list.join('\n')}\n`,
    );
    assert.equal(plans[0]?.phases.length, 200);
    assert.equal(plans.flatMap(subtasksOf).length, 1000);
    const told = problems.filter(({ rule }) => rule === 'too-many-subtasks');
    assert.deepEqual(
      told.map(({ line }) => line),
      [115],
    );
  });
});
