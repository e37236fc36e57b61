import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest, readText, root, settingNames } from './manifest.js';
import { sourceFiles } from './source-files.js';

const longest = 400;

// A migration is one piece of SQL that is never edited, however long the schema is.
const exempt = /^src\/store\/migrations\//;

describe('a source file', () => {
  it(`has at most ${longest} lines`, () => {
    const files = ['src', 'test', 'bench', 'resources'].flatMap((folder) =>
      sourceFiles(folder, '.ts', '.tsx', '.mjs', '.cjs', '.css', '.sql'),
    );
    const tooLong = files
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ path, lines }) => lines > longest && !exempt.test(path));
    assert.deepEqual(tooLong, []);
  });
});

describe('a file of tests', () => {
  it('has its hooks in a suite, since those outside run for the tests of every file', () => {
    const hooks = /^(?:before|after)(?:Each)?\(/m;
    const outside = sourceFiles('test', '.test.ts').filter(({ text }) => hooks.test(text));
    assert.deepEqual(
      outside.map(({ path }) => path),
      [],
    );
  });
});

describe('the README', () => {
  const readme = (): string => readText('README.md');

  it('names the two commands', () => {
    for (const command of ['npm start', 'npm test']) assert.ok(readme().includes(command), command);
  });

  it('describes every setting', () => {
    for (const name of settingNames(readManifest()))
      assert.ok(readme().includes(`\`${name}\``), name);
  });

  it('shows pictures and links to files that exist', () => {
    for (const [, target = ''] of readme().matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
      if (!/^[a-z]+:/.test(target)) assert.ok(existsSync(join(root, target)), target);
    }
  });
});
