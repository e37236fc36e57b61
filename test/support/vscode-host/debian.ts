import { Obstacle } from '../errors.js';
import { withMachineLock } from '../machine-lock.js';
import { runToEnd } from '../owned-process.js';
import { programOnPath } from '../programs.js';
import type { Report } from './install.js';

export function buildToolsAreThere(): boolean {
  return ['g++', 'make', 'python3'].every((tool) => programOnPath(tool) !== null);
}

/** Installs the compiler where that is possible, and leaves it at that where it is not. */
export async function installBuildTools(report: Report): Promise<void> {
  if (canInstall()) await install(['g++', 'make', 'python3'], report);
}

/** Path of a Chromium for headless use; Debian's is installed when none is there and we may. */
export async function chromium(report: Report): Promise<string> {
  const chosen = process.env['CHROMIUM'];
  if (chosen !== undefined && chosen !== '') return chosen;
  const present = findChromium();
  if (present !== null) return present;
  if (canInstall()) await install(['chromium', 'fonts-dejavu-core'], report);
  const installed = findChromium();
  if (installed !== null) return installed;
  throw new Obstacle(
    'No Chromium on the PATH. Install one (Debian: sudo apt-get install chromium), or set CHROMIUM to its path.',
  );
}

function findChromium(): string | null {
  return programOnPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && programOnPath('apt-get') !== null;
}

async function install(packages: string[], report: Report): Promise<void> {
  // apt-get waits for the lock of another installation, but not for the lock of another update.
  await withMachineLock('apt', async () => {
    report(`Debian packages: installing ${packages.join(', ')}`);
    await apt(['update', '-qq']);
    await apt(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  });
}

async function apt(args: string[]): Promise<void> {
  const done = await runToEnd('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (done.code === 0) return;
  const last = done.output.trimEnd().split('\n').slice(-10).join('\n');
  throw new Obstacle(`apt-get ${args.join(' ')} failed:\n${last}`);
}
