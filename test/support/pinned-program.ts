import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheFolder } from './cache.js';
import { Obstacle } from './errors.js';
import { withMachineLock } from './machine-lock.js';
import { runToEnd } from './owned-process.js';

/**
 * Makes sure that what the lock file in `source` pins is in the cache folder; resolves to the
 * `node_modules` that it lies in. Such programs are never dependencies of ours: their licences and
 * sizes forbid it.
 * @param group what they are, e.g. `agents`.
 */
export async function installPinned(
  source: string,
  group: string,
  npmArguments: readonly string[] = [],
): Promise<string> {
  const name = basename(source);
  const lock = await readFile(join(source, 'package-lock.json'));
  const key = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const store = join(cacheFolder(), group, name);
  const home = join(store, key);
  await withMachineLock(`${group}-${name}`, async () => {
    if (existsSync(home)) return;
    await mkdir(store, { recursive: true });
    for (const old of await readdir(store))
      await rm(join(store, old), { recursive: true, force: true });
    const draft = join(store, `draft-${randomBytes(4).toString('hex')}`);
    await mkdir(draft);
    for (const file of ['package.json', 'package-lock.json']) {
      await copyFile(join(source, file), join(draft, file));
    }
    await npmCi(draft, npmArguments);
    // A folder with the final name is complete.
    await rename(draft, home);
  });
  return join(home, 'node_modules');
}

async function npmCi(folder: string, more: readonly string[]): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const args = ['ci', '--ignore-scripts', ...quiet, ...more];
  const done = await runToEnd('npm', args, { cwd: folder, env: process.env });
  if (done.code === 0) return;
  throw new Obstacle(`npm ${args.join(' ')} failed:\n${done.output.trimEnd().slice(-2_000)}`);
}
