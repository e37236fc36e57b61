import assert from 'node:assert/strict';
import { problemsIn } from '../../../src/language/diagnostics';
import type { PlanDocument } from '../../../src/language/document';
import { fixesOf, fixOfAll, quickFixesIn } from '../../../src/language/quick-fixes';
import { documentOf } from '../../support/cursor';
import { checkFix } from '../../support/fix-properties';
import { fixTime, madeFixes, planOf } from '../../support/made-fixes';

const at = fixTime;

/** The fixes of a rule in the first of the files. */
function made(
  path: string,
  text: string,
  rule: string,
  others: Readonly<Record<string, string>> = {},
): string[] {
  return madeFixes(planOf({ [path]: text, ...others }), path, rule);
}

function inBacklog(files: Readonly<Record<string, string>>, path: string, rule: string): string[] {
  return madeFixes(planOf({ backlog: '', ...files }), path, rule);
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

describe('quick fixes of dependencies', () => {
  it('take an id out of a list in Markdown, or the line with the only one', () => {
    const text =
      '# Demo\n- [ ] T01 One\n  - depends: T09\n- [ ] T02 Two\n  - depends: T01, T02, T08\n';
    assert.deepEqual(made('demo.plan.md', text, 'dangling-dependency'), [
      'Remove the dependency on T09 | -- depends: T09',
      'Remove the dependency on T08 | - depends: T01, T02',
    ]);
    assert.deepEqual(made('demo.plan.md', text, 'self-dependency'), [
      'Remove the dependency on T02 | - depends: T01, T08',
    ]);
  });

  it('offer the one id that is written otherwise, beside removing it', () => {
    const text = '# Demo\n- [ ] T01 One\n- [ ] T02 Two\n  - depends: t1\n';
    assert.deepEqual(made('demo.plan.md', text, 'dangling-dependency'), [
      'Change t1 to T01 | - depends: T01',
      'Remove the dependency on t1 | -- depends: t1',
    ]);
  });

  it('take an element out of a JSON list, and leave no hole in an empty one', () => {
    const tasks = [
      { id: 1, title: 'One', status: 'pending', dependencies: [9], subtasks: [] },
      { id: 2, title: 'Two', status: 'pending', dependencies: [1, 2], subtasks: [] },
    ];
    const path = '.taskmaster/tasks/tasks.json';
    const text = json({ master: { tasks } });
    const [dangling] = made(path, text, 'dangling-dependency');
    assert.match(dangling ?? '', /^Remove the dependency on 9 \| -"dependencies": \[/);
    const [self] = made(path, text, 'self-dependency');
    assert.match(self ?? '', /^Remove the dependency on 2 \| -/);
  });

  it('take the whole object that names a lost issue out of a row of beads', () => {
    const row = (id: string, dependencies: unknown[]) =>
      JSON.stringify({ id, title: id, status: 'open', issue_type: 'task', dependencies });
    const lost = { issue_id: 'b-2', depends_on_id: 'b-9', type: 'blocks' };
    const kept = { issue_id: 'b-2', depends_on_id: 'b-1', type: 'blocks' };
    const text = `${row('b-1', [])}\n${row('b-2', [kept, lost])}\n`;
    assert.deepEqual(made('.beads/issues.jsonl', text, 'dangling-dependency'), [
      `Remove the dependency on b-9 | ${row('b-2', [kept])}`,
    ]);
  });

  it('take a line out of a list of front matter', () => {
    const task = (id: string, dependencies: string) =>
      `---\nid: ${id}\ntitle: A\nstatus: To Do\ndependencies:${dependencies}\n---\n`;
    const path = 'backlog/tasks/task-2 - B.md';
    const others = { 'backlog/tasks/task-1 - A.md': task('task-1', ' []') };
    const block = { ...others, [path]: task('task-2', '\n  - task-1\n  - task-7') };
    assert.deepEqual(inBacklog(block, path, 'dangling-dependency'), [
      'Remove the dependency on task-7 | -- task-7',
    ]);
    const flow = { ...others, [path]: task('task-2', ' [task-1, "task-7"]') };
    assert.deepEqual(inBacklog(flow, path, 'dangling-dependency'), [
      'Remove the dependency on task-7 | dependencies: [task-1]',
    ]);
  });

  it('let a person say where a circle is opened', () => {
    const text = '# Demo\n- [ ] T01 One\n  - depends: T02\n- [ ] T02 Two\n  - depends: T01\n';
    assert.deepEqual(made('demo.plan.md', text, 'dependency-cycle'), [
      'Let T01 no longer wait for T02 | -- depends: T02',
      'Let T02 no longer wait for T01 | -- depends: T01',
    ]);
  });

  it('leave a sentence alone from which no id can be taken', () => {
    const text = '# Tasks: A\n\n## Phase 1: B\n\n- [ ] T001 One (depends on T009)\n';
    assert.deepEqual(made('specs/001-a/tasks.md', text, 'dangling-dependency'), []);
  });
});

describe('the quick fix of indices that are one too high', () => {
  const listed = (...indices: number[][]): PlanDocument => {
    const entries = indices.map((own, place) => {
      return { name: `Feature ${place}`, passes: false, depends_on_indices: own };
    });
    return documentOf(JSON.stringify(entries), 'feature_list.json');
  };

  it('lowers them from where they fit, is shown first, and stands beside removing one', () => {
    // An entry between the second and the third is gone.
    const document = listed([], [0], [0], [3, 1, 0], [4], [5, 0]);
    const [problem] = problemsIn(document);
    assert.equal(problem?.rule, 'self-dependency');
    const fixes = fixesOf(document, problem, at);
    assert.deepEqual(
      fixes.map(({ title, isWide }) => [title, isWide === true]),
      [
        ['Lower the 3 dependency indices from 3 on by one', true],
        ['Remove the dependency on 3', false],
      ],
    );
    const [shift] = fixes;
    assert.ok(shift);
    const now = checkFix(document, problem, shift).get('feature_list.json') ?? '';
    assert.deepEqual(problemsIn(documentOf(now, 'feature_list.json')), []);
  });

  it('is offered for both ends of what fits, and from the index at the cursor', () => {
    const document = listed([], [0], [1], [3], [2]);
    const titles = (text: string) => {
      const place = document.positions.positionAt(document.text.indexOf(text) + text.length);
      return quickFixesIn(document, { start: place, end: place }, at).map(({ title }) => title);
    };
    assert.deepEqual(titles('[2'), ['Lower the 2 dependency indices from 2 on by one']);
    const ends = [
      'Lower the dependency index from 3 on by one',
      'Lower the 3 dependency indices from 1 on by one',
    ];
    assert.deepEqual(titles('[3').slice(0, 2), ends);
  });
});

describe('quick fixes of statuses', () => {
  it('tick or untick the box of a group as its tasks say', () => {
    const text =
      '# Implementation Plan\n\n- [ ] 1. Group\n  - [x] 1.1 One\n- [x] 2. Other\n  - [ ] 2.1 Two\n';
    const path = '.kiro/specs/a/tasks.md';
    assert.deepEqual(made(path, text, 'parent-open-children-done'), [
      'Change [ ] to [x] | - [x] 1. Group',
    ]);
    assert.deepEqual(made(path, text, 'parent-done-child-open'), [
      'Change [x] to [ ] | - [ ] 2. Other',
      'Tick the open box | - [x] 2.1 Two',
    ]);
  });

  it('offer both ways out of a tick whose prerequisite is open', () => {
    const text = '# Demo\n- [ ] T01 One\n- [x] T02 Two\n  - depends: T01\n';
    assert.deepEqual(made('demo.plan.md', text, 'done-before-dependency'), [
      'Mark T02 as open again | - [ ] T02 Two',
      'Mark T01 as done, too | - [x] T01 One',
    ]);
  });

  it('offer the words of the format for one that is not known, and take none by themselves', () => {
    const tasks = [{ id: 1, title: 'One', status: 'finnished', subtasks: [] }];
    const path = '.taskmaster/tasks/tasks.json';
    const text = json({ master: { tasks } });
    assert.deepEqual(made(path, text, 'unknown-status'), [
      'Set 1 to “pending” | "status": "pending",',
      'Set 1 to “in-progress” | "status": "in-progress",',
      'Set 1 to “done” | "status": "done",',
      'Set 1 to “blocked” | "status": "blocked",',
    ]);
  });

  it('offer the marks of the format for one that is not known', () => {
    const text = '# Tasks: A\n\n## Phase 1: B\n\n- [~] T001 One\n- [x] T002 Two\n';
    assert.deepEqual(made('specs/001-a/tasks.md', text, 'unknown-marker'), [
      'Set T001 to [ ] | - [ ] T001 One',
      'Set T001 to [x] | - [x] T001 One',
    ]);
  });

  it('take the word of the tool for one that means the same', () => {
    const subtasks = [{ id: 'a', description: 'One', status: 'done' }];
    const text = json({ feature: 'A', phases: [{ id: 'p', name: 'P', subtasks }] });
    const path = '.auto-claude/specs/001-a/implementation_plan.json';
    assert.deepEqual(made(path, text, 'status-synonym'), [
      'Change “done” to “completed” | "status": "completed"',
    ]);
  });

  it('write down a status that is missing', () => {
    const subtasks = [{ id: 'a', description: 'One' }];
    const text = json({ feature: 'A', phases: [{ id: 'p', name: 'P', subtasks }] });
    const path = '.auto-claude/specs/001-a/implementation_plan.json';
    const [first] = made(path, text, 'missing-status');
    assert.equal(first, 'Set it to “pending” | "description": "One", | "status": "pending"');
  });

  it('close an epic of which all issues are closed, and open one again that has open ones', () => {
    const row = (values: object) =>
      JSON.stringify({ updated_at: '2026-01-02T03:04:05Z', ...values });
    const child = (id: string, parent: string, rest: object) =>
      row({
        ...{ id, title: id, issue_type: 'task', ...rest },
        dependencies: [{ issue_id: id, depends_on_id: parent, type: 'parent-child' }],
      });
    const closed = { status: 'closed', closed_at: '2026-01-02T03:04:05Z' };
    const text = [
      row({ id: 'e-1', title: 'E', issue_type: 'epic', status: 'open' }),
      child('t-1', 'e-1', closed),
      row({ id: 'e-2', title: 'F', issue_type: 'epic', ...closed }),
      child('t-2', 'e-2', { status: 'open' }),
      '',
    ].join('\n');
    const time = '2026-03-04T05:06:07Z';
    assert.deepEqual(made('.beads/issues.jsonl', text, 'parent-open-children-done'), [
      `Close e-1 | {"updated_at":"${time}","closed_at":"${time}","id":"e-1","title":"E","issue_type":"epic","status":"closed"}`,
    ]);
    assert.deepEqual(made('.beads/issues.jsonl', text, 'parent-done-child-open'), [
      `Open e-2 | {"updated_at":"${time}","id":"e-2","title":"F","issue_type":"epic","status":"open"}`,
    ]);
  });

  it('let the status of an issue and the time of its closing agree in either way', () => {
    const row = (values: object) => JSON.stringify({ id: 'b-1', title: 'B', ...values });
    const text = `${row({ status: 'open', closed_at: '2026-01-02T03:04:05Z' })}\n`;
    assert.deepEqual(made('.beads/issues.jsonl', text, 'closed-at-mismatch'), [
      `Remove its closed_at | ${row({ status: 'open' })}`,
      `Close b-1 | ${row({ status: 'closed', closed_at: '2026-03-04T05:06:07Z' })}`,
    ]);
    const closed = `${row({ status: 'closed', updated_at: '2026-01-02T03:04:05Z' })}\n`;
    assert.deepEqual(made('.beads/issues.jsonl', closed, 'closed-at-mismatch'), [
      `Give b-1 a closed_at | ${row({ status: 'closed', updated_at: '2026-01-02T03:04:05Z', closed_at: '2026-01-02T03:04:05Z' })}`,
    ]);
  });

  it('bring an epic up to its stories, and a story and its file together', () => {
    const path = '_bmad-output/sprint-status.yaml';
    const text = 'development_status:\n  epic-1: backlog\n  1-1-login: in-progress # begun\n';
    const story = '# Story 1.1: Login\n\nStatus: review\n\n## Tasks\n\n- [ ] One\n';
    const others = { '_bmad-output/1-1-login.md': story };
    assert.deepEqual(made(path, text, 'epic-behind-stories', others), [
      'Change “backlog” to “in-progress” | epic-1: in-progress',
    ]);
    assert.deepEqual(made(path, text, 'story-status-drift', others), [
      'Write “in-progress” into _bmad-output/1-1-login.md | _bmad-output/1-1-login.md: Status: in-progress',
      "Take “review” from the story's file | 1-1-login: review # begun",
    ]);
  });

  it('take a tick back that open criteria contradict, or tick these', () => {
    const path = 'backlog/tasks/task-1 - A.md';
    const text =
      '---\nid: task-1\ntitle: A\nstatus: Done\n---\n\n## Acceptance Criteria\n- [ ] #1 One\n- [x] #2 Two\n';
    assert.deepEqual(inBacklog({ [path]: text }, path, 'done-with-open-criteria'), [
      'Mark task-1 as open again | status: To Do',
      'Tick the open box | - [x] #1 One',
    ]);
  });
});

describe('quick fixes of ids and counts', () => {
  it('give the second of two ids the next free number', () => {
    const text =
      '# Tasks: A\n\n## Phase 1: B\n\n- [ ] T001 One\n- [ ] T001 Two\n- [ ] T009 Three\n';
    assert.deepEqual(made('specs/001-a/tasks.md', text, 'duplicate-id'), [
      'Give it the free number T010 | - [ ] T010 Two',
    ]);
  });

  it('give a task the next free number of the group that it stands in', () => {
    const text =
      '# Tasks\n\n## 1. A\n\n- [ ] 1.1 One\n\n## 2. B\n\n- [ ] 2.1 Two\n- [ ] 1.2 Three\n';
    assert.deepEqual(made('openspec/changes/a/tasks.md', text, 'group-number-mismatch'), [
      'Give it the free number 2.2 | - [ ] 2.2 Three',
    ]);
  });

  it('correct a number that the file itself contradicts', () => {
    const list = { total_features: 7, features: [{ id: 1, name: 'A', passes: true }] };
    assert.deepEqual(made('feature_list.json', json(list), 'count-mismatch'), [
      'Change “7” to “1” | "total_features": 1,',
    ]);
  });

  it('take the mark of parallel work from a task that shares a file', () => {
    const text =
      '# Tasks: A\n\n## Phase 1: B\n\n- [ ] T001 [P] One in src/a.ts\n- [ ] T002 [P] Two in src/a.ts\n';
    assert.deepEqual(made('specs/001-a/tasks.md', text, 'parallel-same-file'), [
      'Remove [P] from T002 | - [ ] T002 Two in src/a.ts',
    ]);
  });

  it('remove the member of an object that does not count', () => {
    const text = '[\n  { "id": 1, "passes": true, "name": "A", "passes": false }\n]\n';
    assert.deepEqual(made('feature_list.json', text, 'duplicate-key'), [
      'Remove the first passes, which does not count | { "id": 1, "name": "A", "passes": false }',
    ]);
  });
});

describe('quick fixes of front matter', () => {
  const prompt = (front: string) => `---\n${front}\n# Work\n\n## Phase 1: Look\n\n- [ ] One\n`;

  it('close it below its last key, with the line ends of the file', () => {
    const text = prompt('schema_version: "1.0"\ntitle: A\nworkflow_phases:\n  - Look\n');
    assert.deepEqual(
      made('session_a.md', text, 'frontmatter-unclosed'),
      ['Close the front matter below line 5 | ---'].map((line) => line.replace(' | ---', '')),
    );
  });

  it('add the version, of which there is one', () => {
    const text = prompt('title: A\nworkflow_phases:\n  - Look\n---');
    assert.deepEqual(made('session_a.md', text, 'frontmatter-missing-key'), [
      'Add schema_version: "1.0" | schema_version: "1.0"',
    ]);
  });

  it('write down at the top of a plan what its path says', () => {
    const task =
      '<task type="auto"><name>A</name><files>a</files><action>b</action><verify>c</verify><done>d</done></task>';
    const path = '.planning/phases/02-ui/02-01-PLAN.md';
    const source = planOf({ '.planning': '', [path]: `<tasks>\n${task}\n</tasks>\n` });
    assert.deepEqual(madeFixes(source, path, 'frontmatter-missing'), [
      'Add front matter after the path | --- | phase: 02-ui | plan: 01 | depends_on: [] | ---',
    ]);
  });
});

describe('the fix of all problems of a rule', () => {
  it('does to all what is the one thing to do against the first', () => {
    const text =
      '# Tasks: A\n\n## Phase 1: B\n\n- [ ] T001 One\n- [ ] T001 Two\n- [ ] T001 Three\n';
    const document = documentOf(text, 'specs/001-a/tasks.md');
    const problems = problemsIn(document).filter(({ rule }) => rule === 'duplicate-id');
    const [fix] = fixOfAll(document, problems, at);
    assert.equal(fix?.title, 'Fix all 2 of duplicate-id');
    assert.deepEqual(
      fix.edits.map((edit) => edit.text),
      ['2', '3'],
    );
  });

  it('is not there where a person has to choose', () => {
    const text = '# Tasks: A\n\n## Phase 1: B\n\n- [~] T001 One\n- [~] T002 Two\n';
    const document = documentOf(text, 'specs/001-a/tasks.md');
    const problems = problemsIn(document).filter(({ rule }) => rule === 'unknown-marker');
    assert.equal(problems.length, 2);
    assert.deepEqual(fixOfAll(document, problems, at), []);
  });
});
