// Starts one of the project's TypeScript programs on a clean clone: node test/support/bootstrap.mjs PROGRAM.ts [ARGUMENT…]
// Nothing is installed yet when this runs, so it uses Node alone.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
process.chdir(root);

if (Number(process.versions.node.split('.')[0]) < 20) {
  process.stderr.write(`Node 20 or newer is needed, and this is ${process.version}.\n`);
  process.exit(1);
}

if (!installedAsLocked()) {
  process.stdout.write('Installing the packages of package-lock.json\n');
  // Without scripts: no package here needs its own, and some would compile or download.
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) process.exit(npm.status ?? 1);
}

const [, , program] = process.argv;
process.argv.splice(0, 3, process.execPath, resolve(program));
await import('tsx');
await import(pathToFileURL(resolve(program)).href);

/** Whether node_modules holds what the lock file names; a package that is optional may be missing. */
function installedAsLocked() {
  const present = 'node_modules/.package-lock.json';
  if (!existsSync(present)) return false;
  const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
  const installed = packagesOf(present);
  return Object.entries(packagesOf('package-lock.json')).every(
    ([path, { version, optional }]) =>
      path === '' || (path in installed ? installed[path].version === version : optional === true),
  );
}
