import { randomBytes } from 'node:crypto';
import { createWriteStream, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Obstacle } from '../errors.js';
import { endProcess, OwnedProcess, processesMarked, runToEnd } from '../owned-process.js';
import type { VsCodeHost } from './install.js';

/** Settings that keep the workbench quiet and every start alike. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'chat.disableAIFeatures': true,
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'always',
  'security.workspace.trust.banner': 'always',
};

export interface ServerOptions {
  settings?: Record<string, unknown>;
  /** Files of packaged extensions to install before the start. */
  extensions?: readonly string[];
  /** Further arguments of the server. */
  args?: readonly string[];
}

/** Environment variable that every process below one server carries. */
const marker = 'RUNSHEET_VSCODE_SERVER';

/**
 * A running VS Code server with a home of its own in the temporary folder: settings, extensions, logs. It answers on
 * the loopback, and only to who knows its token.
 */
export class VsCodeServer {
  private constructor(
    /** `127.0.0.1:PORT` */
    readonly authority: string,
    private readonly token: string,
    private readonly home: string,
    private readonly child: OwnedProcess,
  ) {
    process.once('exit', this.endNow);
  }

  static async start(host: VsCodeHost, options: ServerOptions = {}): Promise<VsCodeServer> {
    const home = await mkdtemp(join(tmpdir(), 'runsheet-vscode-'));
    try {
      const token = await prepareHome(home, options.settings ?? {});
      for (const file of options.extensions ?? []) await installExtension(host, home, file);
      const { child, port } = await listen(host, home, options.args ?? []);
      return new VsCodeServer(`127.0.0.1:${String(port)}`, token, home, child);
    } catch (error) {
      removeHome(home);
      throw error;
    }
  }

  /**
   * Address of the workbench with a folder open. `payload` is what VS Code's web embedder passes to the workbench:
   * the switches that a desktop VS Code takes on its command line.
   */
  workbenchUrl(folder: string, payload: readonly (readonly [string, string])[] = []): string {
    const url = new URL(`http://${this.authority}/`);
    url.searchParams.set('tkn', this.token);
    url.searchParams.set('folder', folder);
    if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
    return url.href;
  }

  /** A file of this machine, as the workbench names it. */
  remoteUri(path: string): string {
    return `vscode-remote://${this.authority}${encodeURI(path)}`;
  }

  /** What the server printed. */
  async log(): Promise<string> {
    return readFile(join(this.home, 'server.log'), 'utf8');
  }

  /** Ends the server and all that was started below it, a detached engine too, and removes its home. */
  async stop(): Promise<void> {
    await this.child.stop();
    this.endNow();
    process.off('exit', this.endNow);
  }

  private readonly endNow = (): void => {
    this.child.signal('SIGKILL');
    for (const left of processesMarked(marker, this.home)) endProcess(left.pid);
    removeHome(this.home);
  };
}

function directories(home: string): string[] {
  return ['--server-data-dir', home, '--extensions-dir', join(home, 'extensions')];
}

async function prepareHome(home: string, settings: Record<string, unknown>): Promise<string> {
  const user = join(home, 'data', 'User');
  await mkdir(user, { recursive: true });
  await mkdir(join(home, 'tmp'));
  const all = JSON.stringify({ ...quietSettings, ...settings }, null, 2);
  await writeFile(join(user, 'settings.json'), all);
  const token = randomBytes(16).toString('hex');
  await writeFile(join(home, 'token'), token, { mode: 0o600 });
  return token;
}

function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

async function installExtension(host: VsCodeHost, home: string, file: string): Promise<void> {
  const args = [host.server, ...directories(home), '--install-extension', file];
  const done = await runToEnd(host.node, args, { env: serverEnvironment(home) });
  if (done.code !== 0 || !done.output.includes('successfully installed')) {
    throw new Obstacle(`VS Code did not install ${file}:\n${done.output}`);
  }
}

function serverEnvironment(home: string): NodeJS.ProcessEnv {
  const temporary = join(home, 'tmp');
  return {
    ...process.env,
    [marker]: home,
    // Switches the marketplace off, so that nothing asks for a host outside this machine.
    EXTENSIONS_GALLERY: '{}',
    TMPDIR: temporary,
    XDG_RUNTIME_DIR: temporary,
  };
}

async function listen(
  host: VsCodeHost,
  home: string,
  args: readonly string[],
): Promise<{ child: OwnedProcess; port: number }> {
  const log = createWriteStream(join(home, 'server.log'));
  let text = '';
  let heard: (port: number) => void = () => undefined;
  const port = new Promise<number>((resolve) => (heard = resolve));
  const child = await OwnedProcess.start(
    host.node,
    [
      host.server,
      ...['--host', '127.0.0.1', '--port', '0'],
      ...['--connection-token-file', join(home, 'token')],
      ...['--accept-server-license-terms', '--telemetry-level', 'off'],
      ...directories(home),
      ...args,
    ],
    {
      env: serverEnvironment(home),
      output: (chunk) => {
        log.write(chunk);
        text = (text + chunk).slice(-10_000);
        const match = /Extension host agent listening on (\d+)/.exec(text);
        if (match) heard(Number(match[1]));
      },
    },
  );
  void child.exited.then(() => log.end());
  const failed = Promise.race([
    child.exited.then(() => 'ended'),
    new Promise<string>((resolve) => setTimeout(resolve, 60_000, 'did not listen in 60 s').unref()),
  ]).then((what) => {
    throw new Obstacle(`The VS Code server ${what}:\n${text}`);
  });
  try {
    return { child, port: await Promise.race([port, failed]) };
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    failed.catch(() => undefined);
  }
}
