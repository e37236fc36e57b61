import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readLayerReport, type LayerReport } from '../../runner/layer-report.js';
import { runToEnd } from '../../support/owned-process.js';
import { withTemporaryFolder } from '../../support/temporary-folder.js';

const root = resolve(__dirname, '../../..');

/** Runs test files with the given contents, and answers the report and what was printed. */
async function runFiles(
  grep: string,
  ...texts: string[]
): Promise<{ report: LayerReport | null; output: string }> {
  return withTemporaryFolder(async (folder) => {
    const files = texts.map((text, index) => {
      const path = join(folder, `${index}.test.ts`);
      writeFileSync(path, text);
      return path;
    });
    const path = join(folder, 'report.json');
    const program = join(root, 'test/runner/layer-process.ts');
    const args = ['--import', 'tsx', program, path, '2000', grep, ...files];
    const { output } = await runToEnd(process.execPath, args, { cwd: root });
    return { report: readLayerReport(path), output };
  });
}

describe('a layer of tests', () => {
  it('reports what passed, failed and was skipped', async () => {
    const { report } = await runFiles(
      '',
      `it('passes', () => {}); it('fails', () => { throw new Error('no'); }); it('waits');`,
    );
    assert.deepEqual(report, { passed: 1, failed: 1, skipped: 1, failures: ['fails'] });
  });

  it('counts a file that cannot be loaded, and runs the others', async () => {
    const { report, output } = await runFiles(
      '',
      `import 'nothing-of-that-name';`,
      `it('passes', () => {});`,
    );
    assert.equal(report?.passed, 1);
    assert.equal(report.failed, 1);
    assert.match(output, /Cannot find module 'nothing-of-that-name'/);
  });

  it('leaves no report when a test ends the process', async () => {
    const { report } = await runFiles('', `it('leaves', () => process.exit(0));`);
    assert.equal(report, null);
  });

  it('is narrowed by a part of the title', async () => {
    const { report } = await runFiles('one', `it('one', () => {}); it('two', () => {});`);
    assert.equal(report?.passed, 1);
  });
});
