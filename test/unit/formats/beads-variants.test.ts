import assert from 'node:assert/strict';
import { beadsFormat } from '../../../src/formats/beads/format';
import type { SourceFile } from '../../../src/formats/format';
import { matchesGlob } from '../../../src/formats/globs';

// Rows as other trackers and older versions write them.

type Row = Record<string, unknown>;

const issue = (id: string, rest: Row = {}): Row => {
  return { id, title: id, status: 'open', issue_type: 'task', ...rest };
};
const link = (id: string, to: string, type: string) => ({
  issue_id: id,
  depends_on_id: to,
  type,
});
const lines = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)).join('\n');

function read(
  rows: readonly Row[],
  path = '.beads/issues.jsonl',
  table: Row[] = [],
  tablePath = '.beads/backup/dependencies.jsonl',
) {
  const part = { path: tablePath, text: lines(table) };
  const others = new Map<string, SourceFile>([[part.path, part]]);
  const { plans, problems } = beadsFormat.read({ path, text: lines(rows), others });
  return { phases: plans[0]?.phases ?? [], facts: plans[0]?.facts, problems };
}

describe('beads rows of other writers', () => {
  it('takes a second parent for a phase, too, and puts the issue below the first', () => {
    const { phases } = read([
      issue('x-1'),
      issue('x-2'),
      issue('x-3', {
        dependencies: [link('x-3', 'x-1', 'parent-child'), link('x-3', 'x-2', 'parent_child')],
      }),
    ]);
    const members = phases.map(({ id, subtasks }) => [id, subtasks.map((one) => one.id)]);
    assert.deepEqual(members, [
      ['x-1', ['x-3']],
      ['x-2', []],
    ]);
  });

  it('reports the unknown status of an epic', () => {
    const { problems } = read([issue('x-1', { issue_type: 'epic', status: 'someday' })]);
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['unknown-status'],
    );
  });

  it('reads the table beside a dump whose rows have an empty column of dependencies', () => {
    const { phases } = read(
      [issue('x-1', { dependencies: null }), issue('x-2', { dependencies: null })],
      '.beads/backup/issues.jsonl',
      [link('x-2', 'x-1', 'blocks')],
    );
    const [, second] = phases.flatMap(({ subtasks }) => subtasks);
    assert.deepEqual(
      second?.dependsOn.map(({ id }) => id),
      ['x-1'],
    );
  });

  it('keeps the order of the file where the phases have another', () => {
    const epic = issue('x-3', { issue_type: 'epic' });
    const child = issue('x-2', { dependencies: [link('x-2', 'x-3', 'parent-child')] });
    assert.deepEqual(read([issue('x-1'), child, epic]).facts, { ids: ['x-1', 'x-2'] });
    assert.deepEqual(read([child, epic, issue('x-4')]).facts, {});
  });

  it('says that nothing of it is work', () => {
    const { phases, problems } = read([issue('x-1', { issue_type: 'agent' })]);
    const said = problems.map(({ rule, severity }) => `${severity} ${rule}`);
    assert.deepEqual([phases, said], [[], ['info no-tasks']]);
  });

  it('reads a table of another name beside a dump that was moved', () => {
    const rows = [issue('x-1', { dependencies: null }), issue('x-2')];
    const table = [link('x-2', 'x-1', 'blocks'), link('y-2', 'y-1', 'blocks')];
    const waits = (dump: string, beside: string) => {
      const { phases, problems } = read(rows, dump, table, beside);
      const [, second] = phases.flatMap(({ subtasks }) => subtasks);
      return [second?.dependsOn.map(({ id }) => id), problems.map(({ rule }) => rule)];
    };
    assert.ok(matchesGlob('old/02-dependencies.jsonl', beadsFormat.parts('old/01-x.jsonl')));
    const found = waits('old/01-x.jsonl', 'old/02-dependencies.jsonl');
    assert.deepEqual(found, [['x-1'], ['no-verification']]);
    assert.deepEqual(waits('old/01-x.jsonl', 'dependencies.jsonl'), [[], ['no-verification']]);
  });

  it('reads the dependencies that bd shows, where the other issue stands for the link', () => {
    const shown = [
      { ...issue('x-1'), dependency_type: 'blocks' },
      { ...issue('x-3', { issue_type: 'epic' }), dependency_type: 'parent-child' },
    ];
    const { phases } = read([
      issue('x-1'),
      issue('x-2', { dependencies: shown }),
      issue('x-3', { issue_type: 'epic' }),
    ]);
    const [epic] = phases;
    assert.deepEqual(
      epic?.subtasks.map(({ id, dependsOn }) => [id, dependsOn.map((one) => one.id)]),
      [['x-2', ['x-1']]],
    );
  });

  it('leaves out rows of newer exports that are no issues, without a word', () => {
    const { phases, problems } = read([
      issue('x-1', { _type: 'issue' }),
      { _type: 'memory', key: 'build', value: 'make all' },
      { _type: 'sprint', id: 'SP-1', name: 'One' },
    ]);
    assert.deepEqual(
      phases.flatMap(({ subtasks }) => subtasks.map(({ id }) => id)),
      ['x-1'],
    );
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['no-verification'],
    );
  });
});
