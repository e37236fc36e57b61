import assert from 'node:assert/strict';
import type { CheckContext } from '../../../src/checks/check';
import { checkContext, validator, validatorRunner } from '../../support/check-context';

const check = (config: Record<string, unknown>, parts: Partial<CheckContext>) =>
  validatorRunner().run(validator('diff', config), checkContext('/', parts));
const changed = (...paths: string[]) => ({ changedPaths: () => Promise.resolve(paths) });

describe('the check diff', () => {
  it('asks for a change', async () => {
    assert.equal((await check({}, changed('a'))).outcome, 'passed');
    const nothing = await check({}, changed());
    assert.deepEqual([nothing.outcome, nothing.message], ['failed', 'Nothing was changed.']);
  });

  it('lists what was changed without being declared', async () => {
    const only = { only_declared_files: true };
    const declaredFiles = ['src/a.ts', 'docs/', 'test/**/*.ts'];
    const inside = changed('src/a.ts', 'docs/deep/x.md', 'test/a/b.ts');
    assert.equal((await check(only, { declaredFiles, ...inside })).outcome, 'passed');
    const beyond = changed('src/a.ts', 'src/b.ts', 'package.json');
    const failed = await check(only, { declaredFiles, ...beyond });
    assert.equal(failed.outcome, 'failed');
    assert.deepEqual(failed.details['others'], ['src/b.ts', 'package.json']);
    assert.equal(failed.output, 'src/b.ts\npackage.json');
    assert.equal((await check({}, { declaredFiles, ...beyond })).outcome, 'passed');
  });

  it('cannot tell others from declared files where none are declared', async () => {
    const result = await check({ only_declared_files: true }, changed('a'));
    assert.equal(result.outcome, 'error');
  });

  it('may allow that nothing changes, and still forbids other files', async () => {
    const config = { require_change: false, only_declared_files: true };
    const declaredFiles = ['a'];
    assert.equal((await check(config, { declaredFiles, ...changed() })).outcome, 'passed');
    assert.equal((await check(config, { declaredFiles, ...changed('b') })).outcome, 'failed');
  });

  it('knows files by their names in the workspace, wherever that lies in the repository', async () => {
    const parts = { prefix: 'app', declaredFiles: ['src/a.ts'] };
    const only = { only_declared_files: true };
    assert.equal((await check(only, { ...parts, ...changed('app/src/a.ts') })).outcome, 'passed');
    const result = await check(only, { ...parts, ...changed('other/x') });
    assert.deepEqual(result.details['others'], ['../other/x']);
  });

  it('says nothing where nobody knows of a change', async () => {
    const parts = { changedPaths: () => Promise.resolve(null) };
    assert.equal((await check({}, parts)).outcome, 'skipped');
  });
});

describe('the check forbidden_patterns', () => {
  const forbid = (config: Record<string, unknown>, parts: Partial<CheckContext>) =>
    validatorRunner().run(
      validator('forbidden_patterns', { patterns: ['TODO'], ...config }),
      checkContext('/', parts),
    );

  it('passes nothing that nobody can look at', async () => {
    const unknown = {
      diff: () => Promise.resolve(null),
      changedPaths: () => Promise.resolve(null),
      eventText: () => Promise.resolve(null),
    };
    for (const scope of ['diff', 'files', 'events'])
      assert.equal((await forbid({ scope }, unknown)).outcome, 'skipped', scope);
  });

  it('takes paths of a diff as the workspace names them', async () => {
    const diff = '--- /dev/null\n+++ b/app/src/a.ts\n@@ -0,0 +1 @@\n+TODO\n';
    const parts = { prefix: 'app', diff: () => Promise.resolve(diff) };
    const found = await forbid({ paths: ['src/**'] }, parts);
    assert.deepEqual([found.outcome, found.output], ['failed', 'src/a.ts:1: TODO']);
    assert.equal((await forbid({ paths: ['app/**'] }, parts)).outcome, 'passed');
  });
});
