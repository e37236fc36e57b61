import assert from 'node:assert/strict';
import { backlogMdFormat } from '../../../src/formats/backlog-md/format';
import type { SourceFile } from '../../../src/formats/format';
import { subtasksOf, type PlanReading, type Subtask } from '../../../src/model/plan';
import {
  backlogFiles,
  backlogFolder,
  backlogTaskText,
  filesAsOthers,
} from '../../support/plan-texts/backlog-md';

const alone = (text: string, path = 'task.md') => backlogMdFormat.read({ path, text });
const folder = (...files: SourceFile[]) =>
  backlogMdFormat.read({ path: 'backlog', text: '', others: filesAsOthers(files) });
const file = (name: string, front: string, body = ''): SourceFile => ({
  path: `backlog/${name}`,
  text: `---\n${front}\n---\n${body}`,
});
const rules = ({ problems }: PlanReading) => problems.map(({ rule }) => rule);

function only(reading: PlanReading): Subtask {
  const [subtask] = reading.plans.flatMap(subtasksOf);
  assert.ok(subtask);
  return subtask;
}

function named(reading: PlanReading, id: string): Subtask {
  const found = reading.plans.flatMap(subtasksOf).find((subtask) => subtask.id === id);
  assert.ok(found, id);
  return found;
}

describe('a Backlog.md task alone', () => {
  const reading = alone(backlogTaskText);
  const subtask = only(reading);

  it('has the words of its front matter in any YAML form', () => {
    assert.equal(subtask.id, 'TASK-2.2');
    assert.equal(subtask.title, `Shop: the "cart" isn't saved`);
    assert.equal(subtask.status, 'in_progress');
    assert.equal(subtask.fileStatus, 'In Progress');
    assert.deepEqual(subtask.labels, [
      ...['web', 'a, b', 'priority:high', 'milestone:m-1', '@ann', '@bo', 'parent:TASK-2'],
    ]);
    assert.deepEqual(
      subtask.dependsOn.map(({ id, kind }) => `${kind} ${id}`),
      ['declared task-2.1'],
    );
  });

  it('names files of the workspace alone', () => {
    assert.deepEqual(subtask.files, ['src/cart.ts', 'docs/cart.md']);
  });

  it('takes the boxes between the markers as criteria, and no others', () => {
    assert.deepEqual(subtask.verification, [
      '[x] #1 Reload keeps the cart',
      '[ ] #2 Logging out empties it',
      '[ ] #1 Tests run',
    ]);
    const { criteria, criteriaDone, definitionOfDone, parent } = reading.plans[0]?.facts ?? {};
    assert.deepEqual([criteria, criteriaDone, definitionOfDone, parent], [2, 1, 1, 'TASK-2']);
    assert.match(subtask.detail, /not a criterion/);
  });

  it('reports nothing about tasks that are elsewhere', () => {
    assert.deepEqual(reading.problems, []);
  });

  it('takes boxes below the heading where there are no markers', () => {
    const body =
      '## Acceptance Criteria\n- [ ] a\n  - [x] b\n### More\n- [ ] c\n## Notes\n- [ ] no\n';
    const { criteria, criteriaDone } = alone(`---\nid: T-1\n---\n${body}`).plans[0]?.facts ?? {};
    assert.deepEqual([criteria, criteriaDone], [3, 1]);
  });

  it('reads titles over several lines, with colons and without quotes', () => {
    const title = (yaml: string) => only(alone(`---\nid: T-1\n${yaml}\nstatus: Done\n---\n`)).title;
    assert.equal(title('title: >-\n  One\n  and two'), 'One and two');
    assert.equal(title('title: Fix: the thing'), 'Fix: the thing');
    assert.equal(title('title: "a \\"b\\" c"  # note'), 'a "b" c');
    assert.equal(title('title: [Bug] x'), '[Bug] x');
    assert.equal(title('title: @all'), '@all');
    assert.equal(title("title: 'one\n  two'"), 'one two');
    assert.equal(title('title: ""'), 'T-1');
  });

  it('reads lists below their key, and nothing where nothing is written', () => {
    const links = (yaml: string) => {
      const { dependsOn, labels } = only(alone(`---\nid: T-1\nstatus: Done\n${yaml}\n---\n`));
      return [...dependsOn.map(({ id }) => id), ...labels];
    };
    const below =
      'dependencies: # why\n  # note\n  [\n    T-2,\n    "T-3",\n  ]\nlabels:\n  [a, b]';
    assert.deepEqual(links(below), ['T-2', 'T-3', 'a', 'b']);
    assert.deepEqual(links('dependencies: null\nlabels: ~\nparent_task_id: null\npriority: ~'), []);
    assert.deepEqual(links("labels: ['null']"), ['null']);
  });

  it('keeps ids as they are written', () => {
    for (const id of ['task-1.10', 'task-007', 'task-epic-11.104.3', '12'])
      assert.equal(only(alone(`---\nid: ${id}\n---\n`)).id, id);
  });

  it('is no task without front matter or an id', () => {
    for (const text of ['# Report\n**Status:** ✅\n', '---\nid: T-1\n', ''])
      assert.deepEqual(rules(alone(text)), ['missing-front-matter']);
    assert.deepEqual(rules(alone('---\ntitle: x\n---\n')), ['missing-id']);
    assert.deepEqual(alone('# Report\n').plans, []);
  });

  it('reads status words without regard to case, and knows words that are usual', () => {
    const status = (word: string) => only(alone(`---\nid: T-1\nstatus: ${word}\n---\n`)).status;
    const words = [
      'done',
      'Completed',
      'In-Progress',
      'Backlog',
      "Won't Do",
      'Blocked',
      'In Review',
    ];
    assert.deepEqual(words.map(status), [
      ...['claimed', 'claimed', 'in_progress', 'pending', 'skipped', 'blocked', 'needs_attention'],
    ]);
    const draft = only(alone('---\nid: T-1\nstatus: Draft\n---\n'));
    assert.deepEqual([draft.status, draft.notReady], ['pending', 'It is a draft.']);
    assert.deepEqual(rules(alone('---\nid: T-1\nstatus: Vibing\n---\n')), ['unknown-status']);
  });

  it('reports what is done with open criteria, no status, and a command that is never run', () => {
    const text = '---\nid: T-1\nstatus: Done\n---\n## Acceptance Criteria\n- [ ] a\n';
    assert.deepEqual(rules(alone(text)), ['done-with-open-criteria']);
    assert.deepEqual(rules(alone('---\nid: T-1\n---\n')), ['missing-status']);
    const own = alone('---\nid: T-1\nstatus: To Do\ndependencies: [t-1]\n---\n');
    assert.deepEqual(rules(own), ['self-dependency']);
    const notice = alone('---\nid: T-1\nstatus: Done\nonStatusChange: rm -rf x\n---\n').problems[0];
    assert.equal(notice?.rule, 'command-never-run');
    assert.match(notice.message, /rm -rf x/);
  });

  it('has the words of the configuration of its backlog', () => {
    const path = 'backlog/tasks/task-1 - X.md';
    const config = { path: 'backlog/config.yml', text: 'statuses:\n  - Open\n  - Shipped\n' };
    assert.deepEqual(backlogMdFormat.parts(path), [config.path, 'backlog.config.yml']);
    const text = '---\nid: task-1\nstatus: shipped\n---\n';
    const reading = backlogMdFormat.read({ path, text, others: filesAsOthers([config]) });
    assert.equal(only(reading).status, 'claimed');
  });
});

describe('a Backlog.md folder', () => {
  const reading = backlogMdFormat.read(backlogFolder);

  it('has the tasks of all its folders but drafts and the archive, in the order of the board', () => {
    const [plan] = reading.plans;
    assert.ok(plan);
    assert.equal(plan.title, 'Shop');
    assert.equal(plan.declaredPhases, 0);
    assert.deepEqual(
      subtasksOf(plan).map(({ id }) => id),
      ['TASK-2.2', 'task-1', 'TASK-2', 'task-2.1', 'task-9', 'task-10'],
    );
    assert.deepEqual(plan.facts['ids'], [
      ...['task-1', 'TASK-2', 'task-2.1', 'TASK-2.2', 'task-9', 'task-10'],
    ]);
    const { drafts, archived, parents, done } = plan.facts;
    assert.deepEqual([drafts, archived, done], [1, 1, 1]);
    assert.deepEqual(parents, [
      ['task-2.1', 'TASK-2'],
      ['TASK-2.2', 'TASK-2'],
    ]);
    assert.equal(named(reading, 'TASK-2.2').path, 'backlog/tasks/epics/shop/task-2.2 - Cart.md');
  });

  it('finds dependencies without regard to case and under an older prefix', () => {
    const links = (id: string) =>
      named(reading, id).dependsOn.map((one) => `${one.kind} ${one.id}`);
    assert.deepEqual(links('task-2.1'), ['declared task-1']);
    assert.deepEqual(links('task-10'), ['declared task-1', 'declared task-77']);
    assert.deepEqual(links('TASK-2'), ['implied TASK-2.2', 'implied task-2.1']);
  });

  it('maps the words of its own workflow', () => {
    const statuses = ['task-1', 'TASK-2', 'task-2.1', 'TASK-2.2'].map(
      (id) => named(reading, id).status,
    );
    assert.deepEqual(statuses, ['claimed', 'pending', 'needs_attention', 'in_progress']);
    const words = 'statuses: [Idea, Brewing, Done, Shipped]';
    const config = { path: 'backlog/config.yml', text: words };
    const other = (word: string) =>
      only(folder(config, file('tasks/a.md', `id: a-1\nstatus: ${word}`))).status;
    assert.deepEqual(['Idea', 'brewing', 'Shipped'].map(other), [
      ...['pending', 'in_progress', 'claimed'],
    ]);
  });

  it('reports what is wrong, each in its file', () => {
    const found = reading.problems.map(({ rule, path }) => `${rule} ${path ?? ''}`);
    assert.deepEqual(found.toSorted(), [
      'command-never-run backlog/config.yml',
      'dangling-dependency backlog/tasks/task-10 - Some-title.md',
      'missing-front-matter backlog/tasks/notes.md',
      'missing-status backlog/tasks/task-9 - Some-title.md',
    ]);
    assert.match(
      reading.problems.find(({ rule }) => rule === 'dangling-dependency')?.message ?? '',
      /draft or archived/,
    );
  });

  it('reports cycles, duplicates, lost parents and files named after another task', () => {
    const broken = folder(
      file('tasks/a.md', 'id: task-1\nstatus: To Do\ndependencies: [task-2, task-1]'),
      file('tasks/b.md', 'id: task-2\nstatus: To Do\ndependencies: [task-1]\nparent_task_id: X-9'),
      file('tasks/c.md', 'id: TASK-2\nstatus: To Do'),
      file('tasks/task-4 - C.md', 'id: task-5\nstatus: Nope'),
    );
    assert.deepEqual(rules(broken).toSorted(), [
      ...['dangling-parent', 'dependency-cycle', 'duplicate-id', 'id-file-mismatch'],
      ...['self-dependency', 'unknown-status'],
    ]);
    const keys = broken.plans.flatMap(subtasksOf).map(({ key }) => key);
    assert.deepEqual(keys, ['task-1', 'task-2', 'task-2#2', 'task-5']);
  });

  it('lets a parent wait for its children, unless a child waits for it', () => {
    const tasks = folder(
      file('tasks/a.md', 'id: t-1\nstatus: To Do'),
      file('tasks/b.md', 'id: t-2\nstatus: To Do\nparent_task_id: t-1\ndependencies: [t-1]'),
      file('tasks/c.md', 'id: t-3\nstatus: To Do\nparent_task_id: t-1'),
      file('tasks/d.md', 'id: t-1.1\nstatus: To Do'),
    );
    assert.deepEqual(rules(tasks), []);
    const links = named(tasks, 't-1').dependsOn.map(({ id, kind }) => `${kind} ${id}`);
    assert.deepEqual(links, ['implied t-3']);
    assert.deepEqual(named(tasks, 't-1.1').labels, ['parent:t-1']);
  });

  it('says nothing of a folder that only has its name', () => {
    const other = folder({ path: 'backlog/tasks/a.md', text: '# A\n' });
    assert.deepEqual([other.plans, other.problems], [[], []]);
  });

  it('is where the configuration at the root says', () => {
    const others = backlogFiles.map(({ path, text }) => ({ path: `work/${path}`, text }));
    const text = 'backlog_directory: "work/backlog/"\nproject_name: Root\n';
    const source = { path: 'backlog.config.yml', text, others: filesAsOthers(others) };
    const [plan] = backlogMdFormat.read(source).plans;
    assert.equal(plan?.title, 'Root');
    assert.equal(subtasksOf(plan).length, 6);
    assert.equal(plan.facts['done'], 1);
    const outside = { ...source, text: text.replace('work', '../work') };
    assert.deepEqual(backlogMdFormat.read(outside).plans.flatMap(subtasksOf), []);
  });
});

describe('finding Backlog.md plans', () => {
  const home = (path: string) => backlogMdFormat.home(path);
  const detect = (source: SourceFile) => backlogMdFormat.detect(source);

  it('leads from tasks and configuration to the folder', () => {
    assert.deepEqual(home('a/backlog/tasks/epics/x/task-1 - X.md'), [
      ...['a/backlog.config.yml', 'a/backlog/'],
    ]);
    assert.deepEqual(home('.backlog/config.yml'), ['backlog.config.yml', '.backlog/']);
    assert.deepEqual(home('backlog/backlog/completed/task-1 - X.md')[1], 'backlog/backlog/');
    assert.deepEqual(home('backlog/docs/x.md'), []);
  });

  it('knows a task of any name by its front matter', () => {
    assert.ok(detect({ path: '01-foo.md', text: backlogTaskText }));
    assert.ok(detect({ path: 'backlog', text: '' }));
    assert.ok(!detect({ path: 'docs', text: '' }));
    assert.ok(!detect({ path: 'a.md', text: '---\nid: intro\ntitle: Docs\nstatus: x\n---\n' }));
    assert.ok(!detect({ path: 'a.md', text: '---\ntitle: Docs\n---\n- [ ] T001 a\n' }));
  });
});

describe('reading a Backlog.md folder again', () => {
  it('parses only the file that changed', () => {
    const files = Array.from({ length: 300 }, (_, at) =>
      file(`tasks/task-${at} - X.md`, `id: task-${at}\nstatus: To Do`),
    );
    let reads = 0;
    const counted = files.map(({ path, text }): SourceFile => ({
      path,
      get text() {
        reads += 1;
        return text;
      },
    }));
    folder(...counted);
    reads = 0;
    const changed = file('tasks/task-7 - X.md', 'id: task-7\nstatus: Done');
    const again = folder(...counted.filter(({ path }) => path !== changed.path), changed);
    assert.equal(named(again, 'task-7').status, 'claimed');
    assert.equal(reads, 0);
  });
});
