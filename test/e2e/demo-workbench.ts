import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoWorkspace } from '../../resources/start/demo-workspace.js';
import { endEngine } from '../support/end-engine.js';
import { vsixPath } from '../support/product.js';
import { Workbench } from '../support/vscode-host/workbench.js';

const screenshots = join(__dirname, '../../test-results/e2e');

export interface OpenWorkbench {
  workbench: Workbench;
  /** The open folder. */
  workspace: string;
}

/**
 * The same with a git repository that holds PLAN.md.
 * @param prepare changes the workspace before it is opened.
 */
export function demoWorkbench(
  scenario: string,
  prepare: (workspace: string) => Promise<void> = () => Promise.resolve(),
): () => OpenWorkbench {
  return workbenchOn(scenario, async (folder) => {
    const workspace = await demoWorkspace(join(folder, 'text-statistics'));
    await prepare(workspace);
    return workspace;
  });
}

/**
 * Gives the tests of one `describe` a workbench with the packaged extension installed and a workspace open.
 * Call the result inside a test. A test that fails leaves a picture and the log of the server.
 * @param create makes the workspace in an empty folder and gives its path.
 */
export function workbenchOn(
  scenario: string,
  create: (folder: string) => Promise<string>,
  settings: Record<string, unknown> = {},
): () => OpenWorkbench {
  let folder: string | null = null;
  let demo: OpenWorkbench | null = null;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'runsheet-e2e-'));
    const workspace = await create(folder);
    const workbench = await Workbench.open({
      workspace,
      settings,
      extensions: [vsixPath],
      screenshots: join(screenshots, scenario),
    });
    demo = { workbench, workspace };
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed' || demo === null) return;
    await demo.workbench.screenshot('FAILED');
    process.stdout.write(`${await demo.workbench.serverLog()}\n`);
  });

  after(async () => {
    await demo?.workbench.close();
    if (demo !== null) await endEngine(demo.workspace);
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  });

  return () => {
    if (demo === null) throw new Error('The workbench is open only while tests run.');
    return demo;
  };
}
