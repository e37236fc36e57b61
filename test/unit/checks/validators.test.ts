import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckContext } from '../../../src/checks/check';
import type { Validator } from '../../../src/model/validator';
import { SystemClock, type Clock } from '../../../src/platform/clock';
import { checkContext, validator, validatorRunner } from '../../support/check-context';
import { withTemporaryFolder } from '../../support/temporary-folder';

/** The result of a check in a folder with `files`. */
function check(
  checked: Validator,
  files: Readonly<Record<string, string>> = {},
  parts: Partial<CheckContext> = {},
) {
  return withTemporaryFolder(async (folder) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await symlink('/etc', join(folder, 'out'));
    return validatorRunner().run(checked, checkContext(folder, parts));
  });
}

const system = new SystemClock();
const twentyTimesFaster: Clock = {
  now: () => system.now(),
  after: (ms, fn) => system.after(ms / 20, fn),
};

const diffOf = (path: string, line: string): string =>
  `--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${line}\n`;

describe('the check file_exists', () => {
  const exists = (config: Record<string, unknown>) =>
    check(validator('file_exists', config), { 'a/b': '' });

  it('tells what is there from what is not', async () => {
    assert.equal((await exists({ path: 'a/b' })).outcome, 'passed');
    assert.equal((await exists({ path: 'a' })).outcome, 'passed');
    assert.equal((await exists({ path: 'a/c' })).outcome, 'failed');
    assert.equal((await exists({ path: 'a/c', should_exist: false })).outcome, 'passed');
    assert.equal((await exists({ path: 'a/b', should_exist: false })).outcome, 'failed');
  });

  it('never looks outside the worktree', async () => {
    for (const path of ['../x', '/etc/passwd', 'out/passwd', 'C:\\x']) {
      const result = await exists({ path });
      assert.equal(result.outcome, 'error', path);
      assert.ok(result.message.includes('leads out of the worktree'), result.message);
    }
  });

  it('fills in the values of the run and refuses unknown names', async () => {
    const parts = { values: { subtask_key: 'b' } };
    const path = (text: string) => validator('file_exists', { path: text });
    const known = await check(path('a/{subtask_key}'), { 'a/b': '' }, parts);
    assert.equal(known.outcome, 'passed');
    const unknown = await check(path('a/{nope}'), {}, parts);
    assert.equal(unknown.outcome, 'error');
    assert.ok(unknown.message.includes('{nope}') && unknown.message.includes('{subtask_key}'));
  });
});

describe('the check forbidden_patterns', () => {
  const forbid = (config: Record<string, unknown>) => validator('forbidden_patterns', config);

  it('looks only at added lines of the diff, with path, line and text as evidence', async () => {
    const diff = '+++ b/src/a.ts\n@@ -1,2 +1,2 @@\n-TODO old\n TODO kept\n+fine\n';
    const parts = { diff: () => Promise.resolve(diff) };
    assert.equal((await check(forbid({ patterns: ['TODO'] }), {}, parts)).outcome, 'passed');
    const worse = { diff: () => Promise.resolve(diff.replace('+fine', '+x TODO y')) };
    const result = await check(forbid({ patterns: ['x', 'TODO'] }), {}, worse);
    assert.equal(result.outcome, 'failed');
    assert.equal(result.output, 'src/a.ts:2: x TODO y\nsrc/a.ts:2: x TODO y');
    assert.ok(result.message.includes('src/a.ts:2'), result.message);
  });

  it('heeds case only when asked', async () => {
    const parts = { diff: () => Promise.resolve(diffOf('a', 'todo')) };
    const strict = await check(forbid({ patterns: ['TODO'] }), {}, parts);
    const loose = await check(forbid({ patterns: ['TODO'], case_sensitive: false }), {}, parts);
    assert.deepEqual([strict.outcome, loose.outcome], ['passed', 'failed']);
  });

  it('reads the files of which an attribute of git keeps the lines out of the diff', async () => {
    const diff = 'diff --git a/a.ts b/a.ts\nBinary files a/a.ts and b/a.ts differ\n';
    const parts = { diff: () => Promise.resolve(diff) };
    const todo = forbid({ patterns: ['TODO'] });
    const result = await check(todo, { 'a.ts': 'fine\nTODO\n' }, parts);
    assert.deepEqual([result.outcome, result.output], ['failed', 'a.ts:2: TODO']);
    assert.equal((await check(todo, { 'a.ts': 'TODO\0' }, parts)).outcome, 'passed');
    const elsewhere = forbid({ patterns: ['TODO'], paths: ['src/**'] });
    assert.equal((await check(elsewhere, { 'a.ts': 'TODO\n' }, parts)).outcome, 'passed');
  });

  it('narrows the diff to globs and folders', async () => {
    const parts = { diff: () => Promise.resolve(diffOf('src/deep/.a.ts', 'TODO')) };
    const outcome = async (...paths: string[]) =>
      (await check(forbid({ patterns: ['TODO'], paths }), {}, parts)).outcome;
    assert.equal(await outcome('src/**/*.{js,ts}'), 'failed');
    assert.equal(await outcome('./src/'), 'failed');
    assert.equal(await outcome('test/**', 'src/*.ts'), 'passed');
  });

  it('looks at whole changed files, or at those that paths names', async () => {
    const files = { 'src/a.ts': 'one\r\nTODO\r\n', 'b.bin': 'TODO\0', 'node_modules/c.ts': 'TODO' };
    const parts = { changedPaths: () => Promise.resolve(['src/a.ts', 'gone.ts', 'b.bin', 'out']) };
    const run = (config: Record<string, unknown>) =>
      check(forbid({ patterns: ['TODO$'], scope: 'files', ...config }), files, parts);
    assert.equal((await run({})).output, 'src/a.ts:2: TODO');
    assert.equal((await run({ paths: ['**/*.ts'] })).output, 'src/a.ts:2: TODO');
    assert.equal((await run({ paths: ['b.bin'] })).outcome, 'passed');
    const slip = await run({ paths: ['scr/**'] });
    assert.deepEqual([slip.outcome, slip.message.includes('scr/**')], ['error', true]);
    assert.equal((await run({ paths: ['out/passwd'] })).outcome, 'error');
    assert.equal((await run({ paths: ['../**'] })).outcome, 'error');
  });

  it('looks at what the agent said, with secrets masked in the evidence', async () => {
    const secret = `sk-ant-${'a'.repeat(40)}`;
    const parts = { eventText: () => Promise.resolve(`hello\nkey is ${secret}\n`) };
    const result = await check(forbid({ patterns: ['sk-ant-'], scope: 'events' }), {}, parts);
    assert.equal(result.outcome, 'failed');
    assert.ok(!JSON.stringify(result).includes(secret));
  });

  it('names a pattern that is no regular expression', async () => {
    const result = await check(forbid({ patterns: ['fine', '(unclosed'] }));
    assert.equal(result.outcome, 'error');
    assert.ok(result.message.includes('"(unclosed"'), result.message);
  });

  it('keeps the engine going during a catastrophic pattern, and names it', async () => {
    const parts = { diff: () => Promise.resolve(diffOf('a', `${'a'.repeat(60)}!`)) };
    let turns = 0;
    const heartbeat = setInterval(() => (turns += 1), 10);
    const runner = validatorRunner({ clock: twentyTimesFaster });
    const forbidden = forbid({ patterns: ['b', '^(a+)+$'] });
    const result = await runner.run(forbidden, checkContext('/', parts));
    clearInterval(heartbeat);
    assert.equal(result.outcome, 'error');
    assert.ok(result.message.includes('"^(a+)+$"'), result.message);
    assert.ok(turns > 10, `the loop had ${turns} turns`);
  });

  it('can be stopped during a catastrophic pattern', async () => {
    const stop = new AbortController();
    const parts = {
      diff: () => Promise.resolve(diffOf('a', `${'a'.repeat(60)}!`)),
      signal: stop.signal,
    };
    setImmediate(() => stop.abort());
    const result = await check(forbid({ patterns: ['^(a+)+$'] }), {}, parts);
    assert.equal(result.outcome, 'skipped');
  });
});

describe('running a validator', () => {
  it('says that it does not understand a type that a newer version left', async () => {
    const stored = Object.assign(validator('file_exists', { path: 'x' }), { type: 'telepathy' });
    const result = await check(stored);
    assert.equal(result.outcome, 'error');
    assert.ok(result.message.includes('telepathy'));
  });

  it('makes an error of what breaks, and never rejects', async () => {
    const parts = { diff: () => Promise.reject(new Error('no git')) };
    const result = await check(validator('forbidden_patterns', { patterns: ['x'] }), {}, parts);
    assert.deepEqual([result.outcome, result.message], ['error', 'no git']);
  });

  it('does nothing once it is stopped', async () => {
    const result = await check(
      validator('file_exists', { path: 'a' }),
      {},
      {
        signal: AbortSignal.abort(),
      },
    );
    assert.equal(result.outcome, 'skipped');
  });
});
