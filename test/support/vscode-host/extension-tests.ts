import type { Browser } from 'playwright-core';
import { setTimeout as delay } from 'node:timers/promises';
import { launchBrowser, openPage } from './browser.js';
import { chromium } from './debian.js';
import { installVsCode, type Report } from './install.js';
import { VsCodeServer } from './server.js';

export interface ExtensionTests {
  /** Folder of the extension under development. */
  extension: string;
  /** CommonJS file with a `run` function; the name must end with `.js` or `.cjs`. */
  entry: string;
  /** Folder that the workbench opens. The tests may write into it. */
  workspace: string;
  /** Environment of the extension host. */
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
}

/**
 * Runs a test program inside the extension host of a real VS Code. Returns what went wrong around it, and `null` when
 * VS Code says that it ended well, which an extension host that a test killed does too: ask the program for a report.
 */
export async function runInExtensionHost(
  tests: ExtensionTests,
  report: Report,
): Promise<string | null> {
  const [host, program] = await Promise.all([installVsCode(report), chromium(report)]);
  const server = await VsCodeServer.start(host, {
    // Without the switch a built VS Code ignores the test entry silently. It also hides notifications.
    args: ['--enable-smoke-test-driver'],
    // A refused trust dialog would let a terminal wait for ever.
    settings: { 'security.workspace.trust.enabled': false },
  });
  let browser: Browser | undefined;
  try {
    browser = await launchBrowser(program);
    return await drive(browser, server, tests);
  } finally {
    await browser?.close();
    await server.stop();
  }
}

async function drive(
  browser: Browser,
  server: VsCodeServer,
  tests: ExtensionTests,
): Promise<string | null> {
  const page = await openPage(browser);
  const lines: string[] = [];
  page.on('pageerror', (error) => lines.push(String(error)));
  const ended = new Promise<string | null>((resolve) => {
    page.on('crash', () => resolve('the page crashed'));
    // The workbench calls these two functions of its embedder.
    const exit = (code: number): void =>
      resolve(code === 0 ? null : `the extension host ended with ${String(code)}`);
    void page.exposeFunction('codeAutomationExit', exit);
    void page.exposeFunction('codeAutomationLog', (type: string, values: unknown[]) => {
      lines.push(`[${type}] ${values.map(String).join(' ')}`);
    });
  });
  await page.goto(
    server.workbenchUrl(tests.workspace, [
      ['extensionDevelopmentPath', server.remoteUri(tests.extension)],
      ['extensionTestsPath', server.remoteUri(tests.entry)],
      ['extensionEnvironment', JSON.stringify(tests.env)],
    ]),
  );
  const timeout = delay(tests.timeoutMs, 'the tests did not end in time', { ref: false });
  const problem = await Promise.race([ended, timeout]);
  return problem === null ? null : [problem, ...lines.slice(-40)].join('\n');
}
