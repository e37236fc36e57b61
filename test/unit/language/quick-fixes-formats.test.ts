import assert from 'node:assert/strict';
import { madeFixes, planOf } from '../../support/made-fixes';

// Fixes of rules that one format alone has.

const task = (name: string) =>
  `<task type="auto"><name>${name}</name><files>src/${name}.ts</files><action>b</action><verify>c</verify><done>d</done></task>`;
const folder = '.planning/phases/01-core';
const gsdPlan = (number: string, front: string) =>
  `---\nphase: 01-core\nplan: ${number}\n${front}---\n\n<tasks>\n${task(`T${number}`)}\n</tasks>\n`;

describe('quick fixes of GSD trees', () => {
  it('write the phase into a short id, and the wave that the dependencies give', () => {
    const second = `${folder}/01-02-PLAN.md`;
    const source = planOf({
      '.planning': '',
      [`${folder}/01-01-PLAN.md`]: gsdPlan('01', 'wave: 1\ndepends_on: []\n'),
      [second]: gsdPlan('02', 'wave: 3\ndepends_on: ["01"]\n'),
    });
    assert.deepEqual(madeFixes(source, second, 'short-dependency-id'), [
      'Change “01” to “01-01” | depends_on: ["01-01"]',
    ]);
    assert.deepEqual(madeFixes(source, second, 'wave-mismatch'), ['Change “3” to “2” | wave: 2']);
  });

  it('tick the roadmap as the summaries say', () => {
    const roadmap = '.planning/ROADMAP.md';
    const source = planOf({
      '.planning': '',
      [roadmap]:
        '# Roadmap\n\n### Phase 1: Core\n\nPlans:\n- [ ] 01-01-PLAN.md — A\n- [x] 01-02-PLAN.md — B\n',
      [`${folder}/01-01-PLAN.md`]: gsdPlan('01', 'depends_on: []\n'),
      [`${folder}/01-01-SUMMARY.md`]: '---\nphase: 01-core\nplan: 01\n---\n\n# Done\n',
      [`${folder}/01-02-PLAN.md`]: gsdPlan('02', 'depends_on: []\n'),
    });
    assert.deepEqual(madeFixes(source, roadmap, 'roadmap-drift'), [
      'Change [ ] to [x] | - [x] 01-01-PLAN.md — A',
      'Change [x] to [ ] | - [ ] 01-02-PLAN.md — B',
    ]);
  });

  it('take back that a plan with a checkpoint is autonomous', () => {
    const path = `${folder}/01-01-PLAN.md`;
    const gate =
      '<task type="checkpoint:human-verify" gate="blocking"><what-built>a</what-built></task>';
    const text = gsdPlan('01', 'autonomous: true\n').replace('</tasks>', `${gate}\n</tasks>`);
    const source = planOf({ '.planning': '', [path]: text });
    assert.deepEqual(madeFixes(source, path, 'checkpoint-but-autonomous'), [
      'Change “true” to “false” | autonomous: false',
    ]);
  });
});

describe('quick fixes of Kiro specs', () => {
  const spec = (tasks: string, waves: unknown[]) =>
    `# Implementation Plan\n\n${tasks}\n## Task Dependency Graph\n\n\`\`\`json\n${JSON.stringify({ waves })}\n\`\`\`\n`;
  const path = '.kiro/specs/a/tasks.md';

  it('take an id out of a wave in which it must not stand', () => {
    const tasks = '- [ ] 1. One\n- [ ] 2. Two\n';
    const unknown = spec(tasks, [
      { id: 0, tasks: ['1', '9'] },
      { id: 1, tasks: ['2'] },
    ]);
    const [lost] = madeFixes(planOf({ [path]: unknown }), path, 'unknown-id-in-wave');
    assert.match(lost ?? '', /^Remove 9 from the wave \| .*"tasks":\["1"\]/);
    const twice = spec(tasks, [
      { id: 0, tasks: ['1'] },
      { id: 1, tasks: ['2', '1'] },
    ]);
    const [again] = madeFixes(planOf({ [path]: twice }), path, 'id-in-two-waves');
    assert.match(again ?? '', /^Remove 1 from the wave \| .*"tasks":\["2"\]/);
  });

  it('clear the mark of a queue, and write the tick that the tool sees', () => {
    const queued = planOf({ [path]: '# Implementation Plan\n\n- [~] 1. One\n' });
    assert.deepEqual(madeFixes(queued, path, 'queued-mark'), ['Change [~] to [ ] | - [ ] 1. One']);
    const other = '.spec-workflow/specs/a/tasks.md';
    const capital = planOf({ [other]: '# Tasks\n\n- [X] 1. One\n  - File: src/a.ts\n' });
    assert.deepEqual(madeFixes(capital, other, 'capital-x'), ['Change [X] to [x] | - [x] 1. One']);
  });
});

describe('quick fixes of Backlog.md tasks', () => {
  const path = 'backlog/tasks/task-1 - A.md';
  const found = (text: string, rule: string) =>
    madeFixes(planOf({ backlog: '', [path]: text }), path, rule);

  it('write down the status that a task without one counts as', () => {
    assert.deepEqual(found('---\r\nid: task-1\r\ntitle: A\r\n---\r\n', 'missing-status'), [
      'Set task-1 to “To Do” | status: To Do',
    ]);
  });

  it('take the line away that names a parent which is not there', () => {
    const text = '---\nid: task-1\ntitle: A\nstatus: To Do\nparent_task_id: task-9\n---\n';
    assert.deepEqual(found(text, 'dangling-parent'), [
      'Remove parent_task_id | -parent_task_id: task-9',
    ]);
  });

  it("offer the project's own words for a status that is none of them", () => {
    const source = planOf({
      backlog: '',
      'backlog/config.yml': 'statuses: ["🔄 Open", "🔨 Doing", "✅ Done"]\n',
      [path]: '---\nid: task-1\ntitle: A\nstatus: 🔍 Seen\n---\n',
    });
    assert.deepEqual(madeFixes(source, path, 'unknown-status'), [
      'Set task-1 to “🔄 Open” | status: 🔄 Open',
      'Set task-1 to “🔨 Doing” | status: 🔨 Doing',
      'Set task-1 to “✅ Done” | status: ✅ Done',
    ]);
  });
});

describe('quick fixes of stated numbers', () => {
  it('count the features of a list for the specification beside it', () => {
    const list = 'feature_list.json';
    const source = planOf({
      [list]: '[{ "id": 1, "name": "A", "passes": false }]\n',
      'app_spec.txt':
        '<project_specification>\n<project_name>A</project_name>\n<feature_count>85</feature_count>\n</project_specification>\n',
    });
    assert.deepEqual(madeFixes(source, 'app_spec.txt', 'count-mismatch'), [
      'Change “85” to “1” | <feature_count>1</feature_count>',
    ]);
  });
});
