import assert from 'node:assert/strict';
import { codebaseMcpFormat } from '../../../src/formats/codebase-mcp/format';
import { readSessionPrompt } from '../../../src/formats/codebase-mcp/session-prompt';
import { formatOf } from '../../../src/formats/registry';
import { subtasksOf } from '../../../src/model/plan';
import { applyEdits } from '../../support/plan-texts';
import { statusChange } from '../../support/status-change';

const path = 'prompts/session_one.md';
const read = (text: string, at = path) => codebaseMcpFormat.read({ path: at, text });
const rules = (text: string) => read(text).problems.map(({ rule }) => rule);

const head = [
  'schema_version: "1.0"',
  'title: "Crates --- and boxes"',
  'workflow_phases: [look, pack]',
];
const body = [
  '# Crates',
  '',
  '## Phase 1: look',
  '- [ ] open',
  '- [X] count',
  '## Phase 2: pack',
  '- [ ] fill',
  '',
];
const prompt = (front: readonly string[] = head, text: readonly string[] = body) =>
  ['---', ...front, '---', ...text].join('\n');

describe('a session prompt', () => {
  it('has the boxes below its phases as subtasks', () => {
    const { kind, plans, problems } = read(prompt());
    const [plan] = plans;
    assert.ok(plan);
    assert.equal(kind, 'session_prompt');
    assert.equal(plan.title, 'Crates --- and boxes');
    assert.deepEqual(
      subtasksOf(plan).map(({ id, title, status }) => [id, title, status]),
      [
        ['1.1', 'open', 'pending'],
        ['1.2', 'count', 'claimed'],
        ['2.1', 'fill', 'pending'],
      ],
    );
    assert.deepEqual(
      plan.phases.map(({ id, dependsOn }) => [id, dependsOn.length]),
      [
        ['1', 0],
        ['2', 1],
      ],
    );
    assert.deepEqual(problems, []);
  });

  it('closes its front matter with nothing but a line of ---', () => {
    assert.deepEqual(rules(prompt([...head, 'date: 2026-01-02 --- or later'])), []);
    assert.deepEqual(rules(prompt().replace('\n---\n#', '\n---  \n#')), []);
    assert.deepEqual(rules(prompt().replace('\n---\n#', '\n----\n#')), ['frontmatter-unclosed']);
  });

  it('lists the steps of a prompt whose front matter is never closed, or is not there', () => {
    const unclosed = read(['---', ...head, ...body].join('\n'));
    assert.equal(unclosed.plans[0]?.phases.length, 2);
    assert.deepEqual(
      unclosed.problems.map(({ rule }) => rule),
      ['frontmatter-unclosed'],
    );
    const legacy = read(body.join('\n'));
    assert.equal(legacy.plans[0]?.title, 'Crates');
    assert.deepEqual(legacy.problems, []);
  });

  it('leaves a field of the wrong type empty and says so', () => {
    const wrong = [
      ...head,
      'priority: urgent',
      'estimated_total_hours: "five"',
      'token_budget: 10',
    ];
    assert.deepEqual(rules(prompt(wrong)), ['frontmatter-bad-value', 'frontmatter-bad-value']);
    const { prompt: session } = readSessionPrompt({ path, text: prompt(wrong) });
    assert.equal(session.fields.priority, undefined);
    assert.equal(session.fields.token_budget, 10);
    assert.equal(session.metadata['priority'], 'urgent');
    assert.deepEqual(rules(prompt([...head, 'x: [a'])), ['frontmatter-bad-value']);
  });

  it('reports missing keys, other versions and phases that the text lacks', () => {
    assert.deepEqual(rules(prompt(head.slice(1))), ['frontmatter-missing-key']);
    assert.deepEqual(rules(prompt(['schema_version: "2.0"', ...head.slice(1)])), [
      'frontmatter-unknown-version',
    ]);
    assert.deepEqual(rules(prompt([...head.slice(0, 2), 'workflow_phases: [look, ship]'])), [
      'phase-list-mismatch',
    ]);
  });

  it('has the phases that it promises where the text has none', () => {
    const { plans } = read(prompt(head, ['# Crates', '- [ ] open']));
    assert.deepEqual(
      plans[0]?.phases.map(({ title, subtasks }) => [title, subtasks.length]),
      [
        ['look', 0],
        ['pack', 0],
      ],
    );
    assert.deepEqual(read('# Notes\n', 'session_a.md').plans, []);
  });

  it('is handed on with its steps, all its front matter, and the research that it asks for', () => {
    const text = prompt([...head, 'requires_three_step_research: true', 'own: [1, 2]']);
    const { prompt: session } = readSessionPrompt({ path, text });
    assert.deepEqual(session.metadata['own'], [1, 2]);
    assert.deepEqual(session.research, [
      'initial_research',
      'planning_review',
      'architecture_review',
      'revised_plan',
    ]);
    assert.deepEqual(session.steps[1], { id: '1.2', title: 'count', done: true });
  });

  it('is found by its name or by its front matter', () => {
    assert.equal(formatOf({ path, text: body.join('\n') })?.name, 'codebase-mcp');
    assert.equal(formatOf({ path: 'docs/a.md', text: prompt() })?.name, 'codebase-mcp');
    assert.equal(
      read('# Design\n```yaml\nschema_version: 1\n```\n', 'docs/design.md').kind,
      'none',
    );
  });

  it('is written by the character in a box', () => {
    const text = prompt();
    const edits = codebaseMcpFormat.write({ path, text }, statusChange('2.1', 'done'));
    assert.equal(applyEdits(text, edits ?? []), text.replace('[ ] fill', '[X] fill'));
    assert.equal(codebaseMcpFormat.write({ path, text }, statusChange('9.9', 'done')), null);
  });
});

describe('the report of a session', () => {
  const report = [
    '---',
    'subagent_type: conductor',
    'specification_id: 007-piers',
    'task_range: "T001-T003"',
    'total_subagent_invocations: 5',
    '---',
    '# Report',
    '- **Tasks Completed**: 3 out of 6 (50%)',
    '**1. tester** (4 parallel invocations)',
    '## Remaining Work',
    '1. **T005**: sand',
    '2. T006 paint',
    '## Summary',
    '- **tester**: 3 invocations (in phase 1)',
    '- [ ] T005 no box of a report is work',
    '',
  ].join('\n');

  it('claims its numbers in any dress', () => {
    for (const said of ['3/6', '**3** of **6** tasks', '~3 out of 6'])
      assert.deepEqual(
        read(report.replace('3 out of 6 (50%)', said), 'docs/any.md').facts['claimed'],
        [3, 6],
        said,
      );
  });

  it('holds claims and no plan', () => {
    const { kind, plans, facts } = read(report, 'docs/any.md');
    assert.equal(kind, 'session_report');
    assert.deepEqual(plans, []);
    assert.deepEqual(facts['claimed'], [3, 6]);
    assert.equal(facts['specification_id'], '007-piers');
  });

  it('is checked by its own numbers', () => {
    const { problems } = read(report, 'docs/any.md');
    assert.deepEqual(
      problems.map(({ rule, line }) => `${rule} ${line}`),
      ['report-arithmetic 10', 'report-arithmetic 14'],
    );
    assert.match(problems[0]?.message ?? '', /T004 is neither/);
  });
});
