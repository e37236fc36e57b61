import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from '../../src/agents/environment';
import { checkContext, validator, validatorRunner } from '../support/check-context';
import { withTemporaryFolder } from '../support/temporary-folder';

const test = (name: string, body: string) =>
  `require('node:test').test(${JSON.stringify(name)}, () => { ${body} });\n`;

function check(config: Record<string, unknown>, files: Readonly<Record<string, string>>) {
  return withTemporaryFolder(async (folder) => {
    await mkdir(join(folder, 'test'));
    for (const [name, text] of Object.entries(files))
      await writeFile(join(folder, 'test', name), text);
    const env = childEnvironment(process.env, 'run-1');
    return validatorRunner().run(
      validator('test_enforcement', {
        command: [process.execPath, '--test', '--test-reporter=tap', 'test/'],
        test_file_pattern: 'test/*.test.js',
        ...config,
      }),
      checkContext(folder, { env }),
    );
  });
}

describe('the check test_enforcement with a real test program', () => {
  const good = test('adds', '');
  const bad = test('breaks', 'throw new Error("no")');

  it('passes on tests that we ran and counted', async () => {
    const result = await check({ min_tests: 2 }, { 'a.test.js': good, 'b.test.js': good });
    assert.equal(result.outcome, 'passed', result.output);
    assert.deepEqual([result.details['tests'], result.details['testFiles']], [2, 2]);
  });

  it('fails on one that fails, unless they only have to run', async () => {
    const files = { 'a.test.js': good, 'b.test.js': bad };
    assert.equal((await check({}, files)).outcome, 'failed');
    const ran = await check({ require_passed: false, min_tests: 2 }, files);
    assert.deepEqual([ran.outcome, ran.exitCode], ['passed', 1]);
  });

  it('is not deceived by a test program that finds no test', async () => {
    const result = await check({ command: [process.execPath, '-e', ''] }, { 'a.test.js': good });
    assert.equal(result.outcome, 'error');
  });
});
