import assert from 'node:assert/strict';
import { beadsFormat } from '../../../src/formats/beads/format';
import type { SourceFile } from '../../../src/formats/format';

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

function read(rows: readonly Row[], path = '.beads/issues.jsonl', table: Row[] = []) {
  const part = { path: '.beads/backup/dependencies.jsonl', text: lines(table) };
  const others = new Map<string, SourceFile>([[part.path, part]]);
  const { plans, problems } = beadsFormat.read({ path, text: lines(rows), others });
  return { phases: plans[0]?.phases ?? [], problems };
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
});
