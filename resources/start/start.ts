// npm start: builds the extension and shows it at work on a demo workspace.
//   npm start                               in your VS Code, or else in a browser
//   npm start -- --browser=none             in a browser, and only print the address
//   npm start -- --headless --approve-gates in this terminal
import { parseArgs } from 'node:util';
import { messageOf, Obstacle } from '../../test/support/errors.js';
import { buildProduct } from '../../test/support/product.js';
import { programOnPath } from '../../test/support/programs.js';
import { serveWorkbench } from './browser.js';
import { demoWorkspace } from './demo-workspace.js';
import { openInDesktop } from './desktop.js';
import { runHeadless } from './headless.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function start(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      headless: { type: 'boolean', default: false },
      'approve-gates': { type: 'boolean', default: false },
      browser: { type: 'string' },
    },
  });
  const { headless, browser } = values;
  if (browser !== undefined && browser !== 'none' && browser !== 'open') {
    throw new Obstacle('--browser is open or none.');
  }
  say(`Runsheet is ${await buildProduct()}.`);
  const workspace = await demoWorkspace();
  say(`Demo workspace: ${workspace}`);
  if (headless) return runHeadless(workspace, values['approve-gates'] ? ['--approve-gates'] : []);
  const code = browser === undefined ? programOnPath('code') : null;
  if (code !== null) {
    const problem = await openInDesktop(code, workspace);
    if (problem === null) {
      say('Opened in your VS Code. Runsheet is in the activity bar.');
      return 0;
    }
    say(`${code} did not open it:\n${problem}`);
  }
  await serveWorkbench(workspace, browser !== 'none', say);
  return 0;
}

async function main(): Promise<void> {
  try {
    process.exitCode = await start(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 2;
  }
}

void main();
