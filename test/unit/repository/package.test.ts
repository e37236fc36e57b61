import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { z } from 'zod';
import { vsixPath } from '../../support/product.js';
import { root } from './manifest.js';

/** All that a person gets, and nothing else. */
const shipped = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'package.nls.json'],
  ...['cli.js', 'engine.js', 'extension.js', 'panel.js', 'store-worker.js'].map(
    (name) => `dist/${name}`,
  ),
  ...['panel.css', 'codicon.ttf', 'sql-wasm.wasm'].map((name) => `dist/${name}`),
];

describe('the packaged extension', () => {
  it('holds exactly what it should', async () => {
    const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
    const code = files.filter((path) => !/^(media|l10n|resources\/schemas)\//.test(path));
    assert.deepEqual(code.sort(), [...shipped].sort());
    for (const path of files) assert.match(path, /\.(js|css|ttf|wasm|json|md|svg|png)$|^LICENSE$/);
  });

  it('is smaller than 3 MB', () => {
    assert.ok(existsSync(vsixPath), 'There is no .vsix: run `npm run package` first.');
    assert.ok(statSync(vsixPath).size < 3_000_000, `${statSync(vsixPath).size} bytes`);
  });

  it('holds the programs that the manifest names', () => {
    for (const path of ['dist/extension.js', 'dist/cli.js'])
      assert.ok(existsSync(join(root, path)), path);
  });
});

const packed = z.tuple([z.object({ files: z.array(z.object({ path: z.string() })) })]);

describe('the npm package', () => {
  it('holds the command line tool and the engine', () => {
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'];
    const output = execFileSync('npm', args, { cwd: root, encoding: 'utf8' });
    const [{ files }] = packed.parse(JSON.parse(output));
    const programs = ['cli.js', 'engine.js', 'store-worker.js', 'sql-wasm.wasm'];
    assert.deepEqual(
      files.map(({ path }) => path).sort(),
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'package.json',
        ...programs.map((name) => `dist/${name}`),
      ].sort(),
    );
  });
});
