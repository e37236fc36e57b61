import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../cache.js';
import { Obstacle } from '../errors.js';
import { withMachineLock } from '../machine-lock.js';
import { runToEnd } from '../owned-process.js';

/** A folder beside this file, whose lock file pins what is installed. */
export type AgentProgramName = 'gemini' | 'codex' | 'claude' | 'opencode' | 'copilot';

/** Gemini's optional packages are native conveniences; the programs of the others are optional ones. */
const omit: Partial<Record<AgentProgramName, string[]>> = { gemini: ['--omit=optional'] };

/**
 * Makes sure that the agent's pinned program is in the cache folder; resolves to the `node_modules`
 * that it lies in. Agents are never dependencies of ours: their licences and sizes forbid it.
 */
export async function installAgentProgram(name: AgentProgramName): Promise<string> {
  const source = join(__dirname, name);
  const lock = await readFile(join(source, 'package-lock.json'));
  const key = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const store = join(cacheFolder(), 'agents', name);
  const home = join(store, key);
  await withMachineLock(`agent-${name}`, async () => {
    if (existsSync(home)) return;
    await mkdir(store, { recursive: true });
    for (const old of await readdir(store))
      await rm(join(store, old), { recursive: true, force: true });
    const draft = join(store, `draft-${randomBytes(4).toString('hex')}`);
    await mkdir(draft);
    for (const file of ['package.json', 'package-lock.json']) {
      await copyFile(join(source, file), join(draft, file));
    }
    await npmCi(draft, omit[name] ?? []);
    // A folder with the final name is complete.
    await rename(draft, home);
  });
  return join(home, 'node_modules');
}

async function npmCi(folder: string, more: string[]): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const args = ['ci', '--ignore-scripts', ...quiet, ...more];
  const done = await runToEnd('npm', args, { cwd: folder, env: process.env });
  if (done.code === 0) return;
  throw new Obstacle(`npm ${args.join(' ')} failed:\n${done.output.trimEnd().slice(-2_000)}`);
}
