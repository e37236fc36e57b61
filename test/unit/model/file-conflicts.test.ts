import assert from 'node:assert/strict';
import { runsheetFormat } from '../../../src/formats/runsheet/format';
import { fileConflicts } from '../../../src/model/file-conflicts';

/** `later: earlier, earlier` for each conflict. */
function conflicts(text: string): string[] {
  const [plan] = runsheetFormat.read({ path: 'a.plan.md', text }).plans;
  assert.ok(plan);
  return [...fileConflicts(plan)].map(
    ([key, list]) => `${key}: ${list.map(({ id }) => id).join(', ')}`,
  );
}

const task = (id: string, files: string, depends = '') =>
  `- [ ] ${id} x\n  - files: ${files}\n${depends === '' ? '' : `  - depends: ${depends}\n`}`;

describe('fileConflicts', () => {
  it('names the earlier subtasks on the same file', () => {
    assert.deepEqual(
      conflicts(
        task('T01', 'a.js') +
          task('T02', 'b.js') +
          task('T03', './a.js') +
          task('T04', 'a.js, b.js'),
      ),
      ['T03: T01', 'T04: T01, T02, T03'],
    );
  });

  it('takes a folder or a glob as all that is below it', () => {
    assert.deepEqual(
      conflicts(task('T01', 'src/') + task('T02', 'src/a.js') + task('T03', 'src/**/*.ts')),
      ['T02: T01', 'T03: T01, T02'],
    );
  });

  it('leaves out what dependencies order, directly, through others or through phases', () => {
    assert.deepEqual(
      conflicts(task('T01', 'a.js') + task('T02', 'b.js', 'T01') + task('T03', 'a.js', 'T02')),
      [],
    );
    assert.deepEqual(conflicts(task('T01', 'a.js', 'T02') + task('T02', 'a.js')), []);
    assert.deepEqual(
      conflicts(
        `## A\n${task('T01', 'a.js')}## B\n${task('T02', 'c.js')}## C\n${task('T03', 'a.js')}`,
      ),
      [],
    );
    assert.deepEqual(
      conflicts(`## A\n${task('T01', 'a.js')}## B\ndepends: none\n${task('T02', 'a.js')}`),
      ['T02: T01'],
    );
  });

  it('copes with cycles and with ids that are not there', () => {
    assert.deepEqual(
      conflicts(task('T01', 'a.js', 'T02') + task('T02', 'b.js', 'T01, T99') + task('T03', 'a.js')),
      ['T03: T01'],
    );
  });

  it('takes 10,000 subtasks on few files in bounded time', () => {
    const text = Array.from({ length: 10_000 }, (_, index) =>
      task(
        `T${10_000 + index}`,
        `src/${index % 50}.js`,
        index < 20 ? '' : `T${10_000 + index - 20}, T${10_000 + index - 7}`,
      ),
    ).join('');
    const [plan] = runsheetFormat.read({ path: 'a.plan.md', text }).plans;
    assert.ok(plan);
    const start = performance.now();
    fileConflicts(plan);
    assert.ok(performance.now() - start < 15_000);
  }).timeout(60_000);
});
