import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { planName } from './demo-workspace.js';

const cli = resolve(__dirname, '../../dist/cli.js');

/** Runs the plan in the terminal; answers the exit code of the command line tool. */
export function runHeadless(workspace: string, options: readonly string[]): Promise<number> {
  const plan = join(workspace, planName);
  const args = ['--workspace', workspace, 'run', plan, '--approve-commands', ...options];
  // In our process group, so that Ctrl-C reaches it; how it ends is then its own business.
  const child = spawn(process.execPath, [cli, ...args], { stdio: 'inherit' });
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', passOn);
  return new Promise((finish, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => finish(code ?? 1));
  });
}
