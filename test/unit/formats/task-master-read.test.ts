import assert from 'node:assert/strict';
import { taskMasterFormat } from '../../../src/formats/task-master/format';
import type { PlanSource } from '../../../src/formats/format';
import { leftOutReason } from '../../../src/model/left-out';
import { subtasksOf, type Plan } from '../../../src/model/plan';
import { taskMasterText } from '../../support/plan-texts/task-master';

const path = '.taskmaster/tasks/tasks.json';

function source(tasks: unknown, others: Record<string, string> = {}): PlanSource {
  const text = typeof tasks === 'string' ? tasks : JSON.stringify({ master: { tasks } });
  const parts = Object.entries(others).map(([name, part]) => [name, { path: name, text: part }]);
  return { path, text, others: new Map(parts as [string, { path: string; text: string }][]) };
}

function read(tasks: unknown): { plan: Plan; rules: string[] } {
  const { plans, problems } = taskMasterFormat.read(source(tasks));
  const [plan] = plans;
  assert.ok(plan);
  return {
    plan,
    rules: problems.map(({ rule }) => rule).filter((one) => one !== 'no-verification'),
  };
}

function edges({ phases }: Plan): string[] {
  const owners = [...phases, ...phases.flatMap(({ subtasks }) => subtasks)];
  return owners.flatMap(({ key, dependsOn }) => dependsOn.map(({ id }) => `${id}>${key}`));
}

const statuses = (plan: Plan) => subtasksOf(plan).map(({ key, status }) => `${key} ${status}`);

describe('a Task Master plan', () => {
  it('has tasks with subtasks as phases, and other tasks where they are', () => {
    const { plan, rules } = read([
      {
        id: 1,
        title: 'A',
        status: 'done',
        subtasks: [
          { id: 1, title: 'a', status: 'done' },
          { id: 2, title: 'b', status: 'pending', dependencies: [1, '3.1'] },
        ],
      },
      { id: 2, title: 'B', status: 'pending', dependencies: [1] },
      {
        id: 3,
        title: 'C',
        status: 'pending',
        subtasks: [{ id: 1, title: 'c', dependencies: [7] }],
      },
    ]);
    assert.deepEqual(
      plan.phases.map(({ id, subtasks }) => [id, subtasks.length]),
      [
        ['1', 2],
        [null, 1],
        ['3', 1],
      ],
    );
    assert.equal(plan.declaredPhases, 2);
    assert.deepEqual(statuses(plan), ['1.1 claimed', '1.2 pending', '2 pending', '3.1 pending']);
    assert.deepEqual(edges(plan), ['1.1>1.2', '3.1>1.2', '1>2']);
    assert.deepEqual(rules.toSorted(), [
      'dangling-dependency',
      'missing-status',
      'parent-done-child-open',
    ]);
  });

  it('has a plan for each tag, the current one first, named by the tag', () => {
    const text = JSON.stringify({
      one: {
        metadata: { description: 'The first' },
        tasks: [{ id: 1, title: 'a', status: 'done' }],
      },
      note: { text: 'no tag' },
      two: { tasks: [{ id: 1, title: 'b', status: 'done' }] },
      empty: { tasks: [] },
    });
    const state = { '.taskmaster/state.json': '{"currentTag":"two"}' };
    const { plans, problems } = taskMasterFormat.read(source(text, state));
    assert.deepEqual(
      plans.map(({ name, title }) => `${name}: ${title}`),
      ['two: two', 'one: The first', 'empty: empty'],
    );
    assert.deepEqual(
      problems.map(({ rule, severity, message }) => [rule, severity, message]),
      [['no-tasks', 'info', 'The tag empty has no tasks yet.']],
    );
    for (const broken of ['{', '[]', '{"currentTag":"gone"}']) {
      const order = taskMasterFormat.read(source(text, { '.taskmaster/state.json': broken })).plans;
      assert.equal(order[0]?.name, 'one');
    }
  });

  it('takes a file without tags for the tag master', () => {
    const { plans } = taskMasterFormat.read(
      source('{"tasks":[{"id":1,"title":"a","status":"done"}]}'),
    );
    assert.deepEqual(
      plans.map(({ name }) => name),
      ['master'],
    );
    const both = '{"tasks":[{"id":1,"title":"a"}],"master":{"tasks":[]}}';
    const names = taskMasterFormat.read(source(both)).plans.map(({ name }) => name);
    assert.deepEqual(names, ['master (without a tag)', 'master']);
  });

  it('reads ids as they are written', () => {
    const text = `{"master":{"tasks":[{"id":"31","title":"a","status":"done","subtasks":[
      {"id":31.1,"title":"b","status":"done"},{"id":31.10,"title":"c","status":"done"},
      {"id":"31.2","title":"d","status":"done","dependencies":[31.10, 1]},{"id":4,"title":"e","status":"done"},
      {"id":3.5,"title":"f","status":"done"}]}]}}`;
    const { plan, rules } = read(text);
    assert.deepEqual(
      subtasksOf(plan).map(({ id }) => id),
      ['31.1', '31.10', '31.2', '31.4', '31.3.5'],
    );
    assert.deepEqual(edges(plan), ['31.10>31.2', '31.1>31.2']);
    assert.deepEqual(rules, []);
  });

  it('keeps items with the same id apart, and lets dependencies mean the first', () => {
    const { plan, rules } = read([
      { id: 1, title: 'a', status: 'done' },
      { id: 1, title: 'b', status: 'pending' },
      { id: 2, title: 'c', status: 'pending', dependencies: ['1'] },
      { title: 'd', status: 'pending' },
      'nonsense',
    ]);
    assert.deepEqual(
      subtasksOf(plan).map(({ key }) => key),
      ['1', '1#2', '2', '4'],
    );
    assert.deepEqual(edges(plan), ['1>2']);
    assert.deepEqual(rules.toSorted(), ['bad-entry', 'duplicate-id', 'missing-id']);
  });

  it('prefers a sibling, and says where only a task has the id', () => {
    const { plan, rules } = read([
      { id: 2, title: 'a', status: 'pending' },
      { id: 39, title: 'b', status: 'pending' },
      {
        id: 60,
        title: 'c',
        status: 'pending',
        subtasks: [
          { id: 2, title: 'd', status: 'pending' },
          { id: 3, title: 'e', status: 'pending', dependencies: [2, 39, '60.2', '3'] },
        ],
      },
    ]);
    assert.deepEqual(edges(plan), ['60.2>60.3', '39>60.3', '60.3>60.3']);
    assert.deepEqual(rules.toSorted(), ['ambiguous-dependency', 'self-dependency']);
  });

  it('reports circles', () => {
    const { rules } = read([
      {
        id: 1,
        title: 'a',
        status: 'pending',
        subtasks: [
          { id: 1, title: 'b', status: 'pending', dependencies: ['1.2'] },
          { id: 2, title: 'c', status: 'pending', dependencies: ['1.1'] },
        ],
      },
    ]);
    assert.deepEqual(rules, ['dependency-cycle']);
  });

  it('knows the words of statuses', () => {
    const words = [
      'pending',
      'in-progress',
      'done',
      'completed',
      'review',
      'blocked',
      'deferred',
      'cancelled',
      'odd',
    ];
    const { plan, rules } = read(words.map((status, id) => ({ id, title: 't', status })));
    assert.deepEqual(
      subtasksOf(plan).map(({ status, labels }) => [status, ...labels].join(' ')),
      [
        'pending',
        'in_progress',
        'claimed',
        'claimed',
        'needs_attention',
        'blocked',
        'skipped deferred',
        'skipped cancelled',
        'needs_attention',
      ],
    );
    assert.deepEqual(rules, ['unknown-status']);
  });

  it('lets subtasks without a status follow a task that is done', () => {
    const of = (status: string) =>
      statuses(read([{ id: 1, title: 'a', status, subtasks: [{ id: 1, title: 'b' }] }]).plan);
    assert.deepEqual(of('completed'), ['1.1 claimed']);
    assert.deepEqual(of('in-progress'), ['1.1 pending']);
    for (const status of [undefined, null, ''])
      assert.deepEqual(read([{ id: 1, title: 'a', status }]).rules, ['missing-status']);
  });

  it('reports the unknown status of a task with subtasks, which says nothing of these', () => {
    const subtasks = [{ id: 1, title: 'b', status: 'done' }];
    const { plan, rules } = read([{ id: 1, title: 'a', status: 'to do', subtasks }]);
    assert.deepEqual(rules.toSorted(), ['parent-open-children-done', 'unknown-status']);
    assert.deepEqual(statuses(plan), ['1.1 claimed']);
  });

  it('says when a task and its subtasks contradict each other', () => {
    const of = (own: string, child: string) =>
      read([{ id: 1, title: 'a', status: own, subtasks: [{ id: 1, title: 'b', status: child }] }])
        .rules;
    assert.deepEqual(of('done', 'review'), ['parent-done-child-open']);
    assert.deepEqual(of('done', 'cancelled'), []);
    assert.deepEqual(of('pending', 'done'), ['parent-open-children-done']);
    assert.deepEqual(of('deferred', 'done'), []);
  });

  it('holds back what waits for something given up, or for nothing that is there', () => {
    const { plan, rules } = read([
      { id: 1, title: 'a', status: 'cancelled' },
      { id: 2, title: 'b', status: 'pending', dependencies: [1] },
      {
        id: 3,
        title: 'c',
        status: 'pending',
        dependencies: [9],
        subtasks: [{ id: 1, title: 'd', status: 'pending' }],
      },
      {
        id: 4,
        title: 'e',
        status: 'deferred',
        subtasks: [{ id: 1, title: 'f', status: 'pending' }],
      },
      { id: 5, title: 'g', status: 'pending', dependencies: [3] },
      { id: 6, title: 'h', status: 'pending', dependencies: [4] },
    ]);
    assert.deepEqual(
      subtasksOf(plan).map((subtask) => [subtask.notReady, leftOutReason(subtask)]),
      [
        [null, 'its status is "cancelled"'],
        [null, null],
        ['It depends on 9, which is not in its tag.', null],
        [null, 'its task 4 is deferred'],
        [null, null],
        ['It depends on 4, which is deferred.', null],
      ],
    );
    assert.deepEqual(rules.toSorted(), [
      'blocked-by-cancelled',
      'blocked-by-cancelled',
      'dangling-dependency',
    ]);
  });

  it('keeps what an agent needs to know', () => {
    const { plan } = read([
      {
        id: 1,
        title: 'Whole',
        description: 'All of it',
        status: 'pending',
        priority: 'critical',
        complexity: 7,
        testStrategy: 'Run it',
        relevantFiles: [{ path: 'src/a.ts' }, { path: '../x' }],
        subtasks: [
          {
            id: 1,
            title: 'Part',
            description: 'Some',
            details: 'How\n- [ ] no task',
            status: 'pending',
            files: ['b.ts', 'b.ts'],
          },
        ],
      },
    ]);
    const [subtask] = subtasksOf(plan);
    assert.ok(subtask);
    assert.equal(subtask.detail, 'Some\nHow\n- [ ] no task\nPart of 1: All of it');
    assert.deepEqual(subtask.verification, ['Run it']);
    assert.deepEqual(subtask.labels, ['priority:critical']);
    assert.equal(subtask.hints.priority, 100);
    assert.deepEqual(subtask.files, ['b.ts']);
    assert.deepEqual(subtask.checks, []);
  });

  it('says once how many open ones nobody can verify', () => {
    const tasks = [1, 2].map((id) => ({ id, title: 't', status: 'pending' }));
    const { problems } = taskMasterFormat.read(
      source([...tasks, { id: 3, title: 't', status: 'pending', testStrategy: 'x' }]),
    );
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['no-verification'],
    );
    assert.match(problems[0]?.message ?? '', /2 of 3/);
  });

  it('reports a file that is cut off, or has no tasks', () => {
    const cut = taskMasterText.text.slice(0, 700);
    const { plans, problems } = taskMasterFormat.read({ path, text: cut });
    assert.deepEqual([plans, problems.map(({ rule }) => rule)], [[], ['invalid-json']]);
    assert.deepEqual(
      taskMasterFormat.read({ path, text: '{}' }).problems.map(({ rule }) => rule),
      ['no-tasks'],
    );
    const odd =
      '{"master":{"tasks":[{"id":1,"title":"a","status":"done","subtasks":null,"dependencies":null,"priority":null}]}}';
    assert.deepEqual(read(odd).rules, []);
  });
});

describe('the places of Task Master plans', () => {
  const detects = (at: string, text = '') => taskMasterFormat.detect({ path: at, text });
  const tasks = '{"tasks":[{"id":1,"title":"a","status":"done","dependencies":[]}]}';

  it('are known by their paths, and elsewhere by what they hold', () => {
    assert.ok(detects('apps/x/.taskmaster/tasks/tasks.json'));
    assert.ok(detects('tasks/tasks.json', tasks));
    assert.ok(detects('01-anything.json', tasks));
    assert.ok(detects('tasks/tasks.json', '{"tasks":[]}'));
    assert.ok(detects('tasks/tasks.json', '{"master":{"tasks":[{"id":1,"subtasks":['));
    assert.ok(
      !detects(
        'tasks/tasks.json',
        '{"version":"2.0.0","tasks":[{"label":"build","type":"shell"}]}',
      ),
    );
    assert.ok(!detects('tasks/tasks.json', '{"jobs":[]}'));
    assert.ok(!detects('other.json', '{"tasks":[]}'));
    assert.ok(!detects('.taskmaster/tasks/tasks.json.bak', tasks));
    assert.ok(!detects('tasks/task_001.txt', tasks));
  });

  it('prefer the folder of the tool to the older one', () => {
    assert.deepEqual(taskMasterFormat.home('a/tasks/tasks.json'), [
      'a/.taskmaster/tasks/tasks.json',
      'a/tasks/tasks.json',
    ]);
    assert.deepEqual(taskMasterFormat.home('.taskmaster/tasks/tasks.json'), [
      '.taskmaster/tasks/tasks.json',
    ]);
    assert.deepEqual(taskMasterFormat.parts('a/.taskmaster/tasks/tasks.json'), [
      'a/.taskmaster/state.json',
    ]);
    assert.deepEqual(taskMasterFormat.parts('tasks/tasks.json'), ['.taskmaster/state.json']);
  });
});
