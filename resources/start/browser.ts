import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { vsixPath } from '../../test/support/product.js';
import { programOnPath } from '../../test/support/programs.js';
import { installVsCode, type Report } from '../../test/support/vscode-host/install.js';
import { VsCodeServer } from '../../test/support/vscode-host/server.js';
import { planName } from './demo-workspace.js';

/** Serves the workbench with the extension and the workspace until a signal comes. */
export async function serveWorkbench(
  workspace: string,
  openTab: boolean,
  report: Report,
): Promise<void> {
  const host = await installVsCode(report);
  const server = await VsCodeServer.start(host, { extensions: [vsixPath] });
  const plan = server.remoteUri(join(workspace, planName));
  const url = server.workbenchUrl(workspace, [['openFile', plan]]);
  report(`\nVS Code with Runsheet: ${url}\n`);
  report(
    openTab && openBrowser(url) ? 'Opened in your browser.' : 'Open the address in a browser.',
  );
  report('Ctrl-C ends it.');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve());
  });
  await server.stop();
}

/** Whether there is a screen, and a program that shows the address on it. */
function openBrowser(url: string): boolean {
  const { BROWSER: chosen = '', DISPLAY: x11 = '', WAYLAND_DISPLAY: wayland = '' } = process.env;
  if (chosen === '' && x11 === '' && wayland === '') return false;
  const program = programOnPath(chosen, 'xdg-open', 'chromium', 'firefox', 'google-chrome');
  if (program === null) return false;
  const child = spawn(program, [url], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
  return true;
}
