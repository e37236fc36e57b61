import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Obstacle } from './errors.js';
import { fingerprint } from './fingerprint.js';
import { runToEnd } from './owned-process.js';

const root = resolve(__dirname, '../..');
const stamp = join(root, 'node_modules/.cache/runsheet/product');

/** The packaged extension. */
export const vsixPath = join(root, 'runsheet.vsix');

const sources = [
  ...['src', 'media', 'resources', 'l10n'],
  ...['package.json', 'package.nls.json', 'package-lock.json', 'tsconfig.json', 'esbuild.mjs'],
  ...['.vscodeignore', 'README.md', 'CHANGELOG.md', 'LICENSE'],
].map((name) => join(root, name));

const products = [join(root, 'dist'), vsixPath];

/** Builds `dist` and the .vsix as they ship, unless sources and products are those of the last time. */
export async function buildProduct(): Promise<'built' | 'unchanged'> {
  // Taken before the build: a source that changes meanwhile must count as changed.
  const input = fingerprint(sources);
  const before = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (before === input + fingerprint(products)) return 'unchanged';
  // A file that no bundle has any more must not be packaged.
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await node('esbuild.mjs', '--production');
  await node('node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '-o', vsixPath);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, input + fingerprint(products));
  return 'built';
}

async function node(program: string, ...args: string[]): Promise<void> {
  const done = await runToEnd(process.execPath, [join(root, program), ...args], { cwd: root });
  if (done.code !== 0) throw new Obstacle(`${program} failed:\n${done.output.trimEnd()}`);
}
