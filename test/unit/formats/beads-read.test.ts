import assert from 'node:assert/strict';
import { leftOutReason } from '../../../src/model/left-out';
import { beadsAt } from '../../../src/formats/beads/format';
import type { SourceFile } from '../../../src/formats/format';
import { readParts, type Disk } from '../../../src/formats/parts';
import { subtasksOf, type Plan } from '../../../src/model/plan';

const path = '.beads/issues.jsonl';
const format = beadsAt(() => Date.parse('2026-03-01T00:00:00Z'));

type Row = Record<string, unknown>;

const issue = (id: string, rest: Row = {}): Row => ({
  id,
  title: id,
  status: 'open',
  issue_type: 'task',
  acceptance_criteria: 'x',
  ...rest,
});
const closed = { status: 'closed', closed_at: '2026-01-01T00:00:00Z' };
const on = (type: string, ...ids: string[]) => ids.map((id) => ({ depends_on_id: id, type }));
const below = (id: string) => ({ dependencies: on('parent-child', id) });
const lines = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)).join('\n');

function readText(text: string, at = path, others: Record<string, string> = {}) {
  const parts = Object.entries(others).map(([name, part]): [string, SourceFile] => [
    name,
    { path: name, text: part },
  ]);
  const { plans, problems, kind } = format.read({ path: at, text, others: new Map(parts) });
  return { plans, kind, problems, rules: problems.map(({ rule }) => rule) };
}

function read(...rows: Row[]): { plan: Plan; rules: string[] } {
  const { plans, rules } = readText(lines(rows));
  const [plan] = plans;
  assert.ok(plan);
  return { plan, rules };
}

const shown = ({ phases }: Plan) =>
  phases.map(({ id, subtasks }) => `${id ?? '-'}: ${subtasks.map(({ key }) => key).join(' ')}`);
const edges = ({ phases }: Plan) =>
  [...phases, ...phases.flatMap(({ subtasks }) => subtasks)].flatMap(({ key, dependsOn }) =>
    dependsOn.map(({ id, kind }) => `${id}>${key} ${kind}`),
  );

describe('a beads export', () => {
  it('has epics and parents of work as phases', () => {
    const { plan, rules } = read(
      issue('x-1', { issue_type: 'epic' }),
      issue('x-1.1', { ...closed, ...below('x-1') }),
      issue('x-1.2', { dependencies: [...on('parent_child', 'x-1'), ...on('blocks', 'x-1.1')] }),
      issue('x-2', { issue_type: 'epic' }),
      issue('x-3'),
      issue('x-4', below('x-3')),
      issue('x-5'),
      {
        id: 'x-9',
        title: 'ping',
        ...closed,
        issue_type: 'event',
        ephemeral: true,
        ...below('x-5'),
      },
    );
    assert.deepEqual(shown(plan), ['x-1: x-1.1 x-1.2', 'x-2: ', 'x-3: x-4', '-: x-5']);
    assert.equal(plan.declaredPhases, 3);
    assert.deepEqual(edges(plan), ['x-1.1>x-1.2 declared']);
    assert.deepEqual(rules, []);
    assert.equal(plan.title, 'x');
  });

  it('leaves out what is no work, and still knows its ids', () => {
    const { plan, rules } = read(
      issue('x-1', { dependencies: on('blocks', 'x-2', 'x-3', 'x-4', 'x-5') }),
      issue('x-2', { status: 'tombstone' }),
      issue('x-3', { ephemeral: 1 }),
      issue('x-4', { is_template: true }),
      issue('x-5', { issue_type: 'merge_request' }),
      issue('x-6', { ephemeral: 0, issue_type: 'question' }),
    );
    assert.deepEqual(shown(plan), ['-: x-1 x-6']);
    assert.deepEqual(edges(plan), []);
    assert.deepEqual(rules, []);
  });

  it('waits for what blocks, and for nothing else', () => {
    const types = [
      'blocks',
      'conditional-blocks',
      'waits_for',
      'related',
      'discovered-from',
      'tracks',
      'anything',
    ];
    const { plan, rules } = read(
      ...types.map((type) => issue(`b-${type}`)),
      issue('b-last', { dependencies: types.flatMap((type) => on(type, `b-${type}`)) }),
      issue('b-lost', { dependencies: on('blocks', 'b-gone', 'external:other:thing') }),
    );
    assert.deepEqual(
      edges(plan),
      ['blocks', 'conditional-blocks', 'waits_for'].map((type) => `b-${type}>b-last declared`),
    );
    assert.deepEqual(rules, ['dangling-dependency']);
    assert.ok(subtasksOf(plan).at(-1)?.labels.includes('after external:other:thing'));
  });

  it('shows phases in phases flat, with what their parents wait for', () => {
    const { plan, rules } = read(
      issue('e-1', { issue_type: 'epic', title: 'Whole', dependencies: on('blocks', 'e-9') }),
      issue('e-2', { title: 'Part', ...below('e-1') }),
      issue('e-3', below('e-2')),
      issue('e-9'),
      issue('e-4', { dependencies: on('blocks', 'e-1') }),
    );
    assert.deepEqual(
      plan.phases.map(({ title }) => title),
      ['Whole', 'Whole › Part', 'Without a parent'],
    );
    assert.deepEqual(edges(plan), [
      'e-9>e-1 declared',
      'e-9>e-2 implied',
      'e-1>e-4 declared',
      'e-2>e-4 implied',
    ]);
    assert.deepEqual(rules, []);
  });

  it('does not hang on parents in a circle', () => {
    const { plan } = read(
      issue('c-1', below('c-2')),
      issue('c-2', below('c-1')),
      issue('c-3', below('c-2')),
    );
    assert.deepEqual(shown(plan), ['c-1: ', 'c-2: c-3']);
    assert.deepEqual(read(issue('c-1', { dependencies: on('blocks', 'c-1') })).rules, [
      'self-dependency',
    ]);
  });

  it('reads long chains of parents, crowded parents and long ids in time', () => {
    const all = Array.from({ length: 4000 }, (_, at) => at);
    const hostile = [
      all.map((at) => issue(`h-${at}`, below(`h-${at + 1}`))),
      all.map((at) => issue(`h-${at}`, at === 0 ? {} : below('h-0'))),
      all.map((at) =>
        issue(`h-${at}`, { issue_type: 'epic', dependencies: on('blocks', 'h-0', `h-${at - 1}`) }),
      ),
      [issue('h-0', { dependencies: on('blocks', ...all.map((at) => `"${at}`)) })],
      [issue('h-1'), issue(`h-1${'.1'.repeat(50_000)}`)],
    ];
    for (const rows of hostile) {
      const start = performance.now();
      read(...rows);
      assert.ok(performance.now() - start < 5000);
    }
  }).timeout(30_000);

  it('shows dotted ids beside their owners, without making these phases', () => {
    const { plan } = read(
      issue('d-2'),
      issue('d-1.1.1'),
      issue('d-1'),
      issue('d-3'),
      issue('d-1.1'),
      issue('d-1.2'),
    );
    assert.deepEqual(shown(plan), ['-: d-2 d-1 d-1.1 d-1.1.1 d-1.2 d-3']);
  });

  it('knows the words of statuses', () => {
    const words = ['open', 'in_progress', 'hooked', 'blocked', 'deferred', 'pinned', 'odd', ''];
    const { plan, rules } = read(
      ...words.map((status, at) => issue(`s-${at}`, { status })),
      issue('s-8', closed),
      issue('s-9', { defer_until: '2026-04-01T00:00:00Z' }),
      issue('s-10', { defer_until: '2026-02-01T00:00:00Z' }),
    );
    assert.deepEqual(
      subtasksOf(plan).map(({ status }) => status),
      [
        'pending',
        'in_progress',
        'in_progress',
        'blocked',
        'skipped',
        'skipped',
        'needs_attention',
        'pending',
        'claimed',
        'skipped',
        'pending',
      ],
    );
    assert.deepEqual(
      subtasksOf(plan).flatMap((subtask) => leftOutReason(subtask) ?? []),
      [
        'its status is "deferred"',
        'its status is "pinned"',
        'it is deferred until 2026-04-01T00:00:00Z',
      ],
    );
    assert.deepEqual(rules.toSorted(), ['missing-status', 'unknown-status']);
  });

  it('keeps what an agent needs to know, and no people', () => {
    const { plan } = read(
      issue('k-1', {
        description: 'a\\u0026b & c',
        design: 'so',
        notes: 'n',
        labels: ['ui'],
        priority: 0,
        estimated_minutes: 30,
        owner: 'somebody@example.org',
      }),
    );
    const [subtask] = subtasksOf(plan);
    assert.ok(subtask);
    assert.equal(subtask.detail, 'a\\u0026b & c\ndesign: so\nnotes: n');
    assert.deepEqual(subtask.labels, ['ui', 'p0', 'task', '30 min']);
    assert.deepEqual(subtask.verification, ['x']);
    assert.equal(subtask.hints.priority, 100);
    assert.ok(!JSON.stringify(plan).includes('@'));
  });

  it('loses one line where a line is broken', () => {
    const { plans, problems } = readText(
      `${lines([issue('l-1')])}\n{"id":\n<<<<<<< HEAD\n\n${lines([issue('l-2')])}\r\n[1]\n{"title":"x"}\n`,
    );
    assert.deepEqual(plans.map(shown), [['-: l-1 l-2']]);
    assert.deepEqual(
      problems.map(({ rule, line }) => `${rule} ${line}`),
      ['invalid-json-line 2', 'invalid-json-line 3', 'invalid-json-line 6', 'missing-id 7'],
    );
    assert.match(plans[0]?.statusNote ?? '', /merge/);
    assert.ok(readText('x\n'.repeat(5000)).problems.length <= 60);
  });

  it('takes the row that was updated last of those with one id', () => {
    const at = (updated_at: string, title: string) => issue('u-1', { updated_at, title });
    const { plan, rules } = read(
      at('2026-01-02T00:00:00+02:00', 'new'),
      at('2026-01-01T00:00:00Z', 'old'),
    );
    assert.deepEqual(
      subtasksOf(plan).map(({ title }) => title),
      ['new'],
    );
    assert.deepEqual(rules, ['duplicate-id']);
  });

  it('says when rows contradict themselves or each other', () => {
    assert.deepEqual(read(issue('r-1', { closed_at: '2026-01-01T00:00:00Z' })).rules, [
      'closed-at-mismatch',
    ]);
    assert.deepEqual(read(issue('r-1', { status: 'closed', closed_at: null })).rules, [
      'closed-at-mismatch',
    ]);
    assert.deepEqual(read(issue('r-1'), issue('r-2', { ...closed, ...below('r-1') })).rules, [
      'parent-open-children-done',
    ]);
    assert.deepEqual(read(issue('r-1', closed), issue('r-2', below('r-1'))).rules, [
      'parent-done-child-open',
    ]);
    const both = [
      issue('r-1', { dependencies: on('blocks', 'r-2') }),
      issue('r-2', { dependencies: on('blocks', 'r-1') }),
    ];
    assert.deepEqual(read(...both).rules, ['dependency-cycle']);
    const open = [
      issue('r-1', { acceptance_criteria: '' }),
      issue('r-2', { acceptance_criteria: null }),
      issue('r-3'),
    ];
    assert.deepEqual(read(...open).rules, ['no-verification']);
  });

  it('makes gates of what people open, and holds back what other gates hold', () => {
    const gate = (id: string, await_type: string, rest: Row = {}) =>
      issue(id, { issue_type: 'gate', await_type, ...rest });
    const { plan } = read(
      gate('g-1', 'human', { dependencies: on('blocks', 'g-5') }),
      gate('g-2', 'timer'),
      gate('g-3', 'human', closed),
      issue('g-4', { dependencies: on('blocks', 'g-1', 'g-3') }),
      issue('g-5'),
      issue('g-6', { dependencies: on('waits-for', 'g-2') }),
      issue('g-7', { issue_type: 'epic', dependencies: on('blocks', 'g-1') }),
      issue('g-8', below('g-7')),
      issue('g-9', { issue_type: 'epic' }),
      issue('g-10', { dependencies: on('blocks', 'g-9') }),
    );
    assert.deepEqual(
      plan.gates.map(({ id, after, blocks }) => ({ id, after, blocks })),
      [{ id: 'g-1', after: ['g-5'], blocks: ['g-4', 'g-8'] }],
    );
    const held = subtasksOf(plan).filter(({ notReady }) => notReady !== null);
    assert.deepEqual(
      held.map(({ id }) => id),
      ['g-6', 'g-10'],
    );
  });

  it('reads the table of dependencies beside a dump, and is no plan with that alone', () => {
    const table = lines([{ issue_id: 't-2', depends_on_id: 't-1', type: 'blocks' }]);
    const dump = lines([issue('t-1'), issue('t-2')]);
    const beside = { '.beads/backup/dependencies.jsonl': table };
    const { plans } = readText(dump, '.beads/backup/issues.jsonl', beside);
    assert.deepEqual(plans.map(edges), [['t-1>t-2 declared']]);
    assert.match(plans[0]?.statusNote ?? '', /dump/);
    const own = lines([issue('t-1', { dependencies: [] }), issue('t-2')]);
    assert.deepEqual(readText(own, '.beads/backup/issues.jsonl', beside).plans.map(edges), [[]]);
    const alone = readText(table, 'dependencies.jsonl');
    assert.deepEqual([alone.plans, alone.kind, alone.rules], [[], 'dependencies', ['no-tasks']]);
  });

  it('reads the list that bd prints', () => {
    const text = JSON.stringify(
      [issue('p-1'), 7, issue('p-2', { dependencies: on('blocks', 'p-1') })],
      null,
      2,
    );
    const { plans, rules } = readText(text, 'list.json');
    assert.deepEqual(plans.map(edges), [['p-1>p-2 declared']]);
    assert.deepEqual(rules, ['bad-entry']);
    assert.match(plans[0]?.statusNote ?? '', /printed/);
    assert.deepEqual(readText('[{"id":', 'list.json').rules, ['invalid-json']);
  });

  it('says that a database is the source where one stands beside it', () => {
    const stale = (others: Record<string, string>) => readText(lines([issue('a-1')]), path, others);
    for (const others of [
      { '.beads/beads.db': '' },
      { '.beads/dolt': '' },
      { '.beads/embeddeddolt': '' },
      { '.beads/metadata.json': '{"backend":"dolt"}' },
      { '.beads/metadata.json': '{"dolt_server_port":3307}' },
      { '.beads/config.yaml': 'no-db: false\ndolt.host: localhost\n' },
    ]) {
      const { plans, rules } = stale(others);
      assert.deepEqual(rules, ['stale-export'], JSON.stringify(others));
      assert.match(plans[0]?.statusNote ?? '', /database is the source/);
    }
    for (const others of [
      {},
      { '.beads/metadata.json': '{"database":"beads.db"}' },
      { '.beads/config.yaml': '# dolt: no\n' },
    ]) {
      const { plans, rules } = stale(others);
      assert.deepEqual([plans[0]?.statusNote, rules], [null, []]);
    }
  });

  it('sees databases without opening them', async () => {
    const opened: string[] = [];
    const disk: Disk = {
      list: (folder) =>
        Promise.resolve(
          folder === '.beads'
            ? [
                { name: 'beads.db', kind: 'file' },
                { name: 'dolt', kind: 'directory' },
                { name: 'config.yaml', kind: 'file' },
                { name: 'notes.txt', kind: 'file' },
              ]
            : [],
        ),
      read: (name) => {
        opened.push(name);
        return Promise.resolve({ text: 'a: 1', problem: null });
      },
    };
    const { others, problems } = await readParts(format, path, disk);
    assert.deepEqual([...others.keys()], ['.beads/config.yaml', '.beads/beads.db', '.beads/dolt']);
    assert.deepEqual([opened, problems], [['.beads/config.yaml'], []]);
    const again = await readParts(format, path, disk, others);
    for (const [name, file] of again.others) assert.equal(file, others.get(name));
  });
});
