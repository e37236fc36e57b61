import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CheckContext } from '../../../src/checks/check';
import type { Validator } from '../../../src/model/validator';
import { checkContext, validator, validatorRunner } from '../../support/check-context';
import { FakeSpawn, type Performance } from '../../support/fake-spawn';
import { withTemporaryFolder } from '../../support/temporary-folder';

/** The result of a check whose command performs as told, in a folder with these files. */
async function check(
  checked: Validator,
  performance: Performance,
  files: readonly string[] = [],
  parts: Partial<CheckContext> = {},
) {
  return withTemporaryFolder(async (folder) => {
    for (const path of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), 'x');
    }
    const spawn = new FakeSpawn(() => performance);
    const result = await validatorRunner({ spawn }).run(checked, checkContext(folder, parts));
    return { ...result, started: spawn.started };
  });
}

describe('the check lint_clean', () => {
  const lint = (config: Record<string, unknown> = {}) =>
    validator('lint_clean', { command: ['eslint', '.'], ...config });

  it('passes on the expected exit code, and fails on another', async () => {
    assert.equal((await check(lint(), {})).outcome, 'passed');
    const failed = await check(lint(), { output: 'a.ts: bad\n', code: 1 });
    assert.deepEqual([failed.outcome, failed.exitCode], ['failed', 1]);
    assert.equal(failed.output, 'a.ts: bad\n');
    assert.equal(failed.details['command'], 'eslint .');
    const expected = await check(lint({ expected_exit_code: 1 }), { code: 1 });
    assert.equal(expected.outcome, 'passed');
  });

  it('fails on a line that the pattern calls an error, although the program succeeds', async () => {
    const strict = lint({ error_pattern: '\\bwarning\\b' });
    const output = 'one\nb.ts:3 warning unused\nlast\n';
    const failed = await check(strict, { output });
    assert.equal(failed.outcome, 'failed');
    assert.deepEqual(failed.details['matches'], ['b.ts:3 warning unused']);
    assert.match(failed.message, /b\.ts:3 warning unused/);
    assert.equal((await check(strict, { output: 'all is well\n' })).outcome, 'passed');
    assert.equal((await check(lint(), { output })).outcome, 'passed');
  });

  it('cannot say that no line matches when lines were left out', async () => {
    const output = 'fine\n'.repeat(400_000);
    const result = await check(lint({ error_pattern: 'error' }), { output });
    assert.equal(result.outcome, 'error');
    assert.match(result.message, /more than can be kept/);
  });

  it('runs only what was approved, where it is told to', async () => {
    const unapproved = await check(lint(), {}, [], { isApproved: () => false });
    assert.deepEqual([unapproved.outcome, unapproved.started], ['skipped', []]);
    const inside = await check(lint({ working_directory: 'sub' }), {}, ['sub/a']);
    assert.match(inside.started[0]?.cwd ?? '', /\/sub$/);
    const outside = await check(lint({ working_directory: '..' }), {});
    assert.deepEqual([outside.outcome, outside.started], ['error', []]);
  });
});

describe('the check test_enforcement', () => {
  const enforce = (config: Record<string, unknown> = {}) =>
    validator('test_enforcement', {
      command: ['node', '--test'],
      test_file_pattern: 'test/**/*.test.ts',
      ...config,
    });
  const tests = ['test/a.test.ts', 'test/deep/b.test.ts', 'src/a.ts'];
  const summary = (pass: number, fail: number) => ({
    output: `# pass ${pass}\n# fail ${fail}\n`,
    code: fail === 0 ? 0 : 1,
  });

  it('passes when there are test files, we ran them, and enough passed', async () => {
    const result = await check(enforce({ min_tests: 3 }), summary(3, 0), tests);
    assert.equal(result.outcome, 'passed');
    assert.deepEqual(result.details['files'], ['test/a.test.ts', 'test/deep/b.test.ts']);
    assert.deepEqual([result.details['tests'], result.exitCode], [3, 0]);
    assert.equal(result.started.length, 1);
  });

  it('fails, and runs nothing, when there is no test file', async () => {
    const result = await check(enforce(), summary(3, 0), ['src/a.ts']);
    assert.deepEqual([result.outcome, result.started], ['failed', []]);
    assert.match(result.message, /no test file/);
  });

  it('fails when too few passed, and when one failed', async () => {
    assert.equal((await check(enforce({ min_tests: 4 }), summary(3, 0), tests)).outcome, 'failed');
    assert.equal((await check(enforce(), summary(3, 1), tests)).outcome, 'failed');
  });

  it('believes no exit code without a count', async () => {
    const result = await check(enforce(), { output: 'fine\n' }, tests);
    assert.deepEqual([result.outcome, result.details['tests']], ['error', null]);
  });

  it('takes failed tests as run where they need not pass', async () => {
    const ran = enforce({ require_passed: false, min_tests: 4 });
    assert.equal((await check(ran, summary(1, 3), tests)).outcome, 'passed');
    assert.equal((await check(ran, summary(1, 2), tests)).outcome, 'failed');
    assert.equal((await check(ran, { code: 127 }, tests)).outcome, 'error');
  });

  it('counts the files, and runs nothing, where they need not run', async () => {
    const exist = (least: number) =>
      enforce({ require_ran: false, require_passed: false, min_tests: least });
    const passed = await check(exist(2), summary(0, 1), tests);
    assert.deepEqual([passed.outcome, passed.started], ['passed', []]);
    assert.equal((await check(exist(3), summary(9, 0), tests)).outcome, 'failed');
  });

  it('runs only what was approved, and looks nowhere outside', async () => {
    const parts = { isApproved: () => false };
    const skipped = await check(enforce(), summary(3, 0), tests, parts);
    assert.deepEqual([skipped.outcome, skipped.started], ['skipped', []]);
    const outside = enforce({ test_file_pattern: '../**' });
    assert.equal((await check(outside, summary(3, 0), tests)).outcome, 'error');
  });
});
