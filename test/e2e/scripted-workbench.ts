import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Delta } from '../../src/protocol/views.js';
import { FakeEngine } from '../support/fake-engine.js';
import { vsixPath } from '../support/product.js';
import { Workbench } from '../support/vscode-host/workbench.js';

const screenshots = join(__dirname, '../../test-results/e2e');

export interface ScriptedWorkbench {
  workbench: Workbench;
  engine: FakeEngine;
}

/** A workbench whose engine is a scripted one with the given state, for what a real one rarely is. */
export function scriptedWorkbench(
  scenario: string,
  state: Delta,
  settings: Record<string, unknown> = {},
): () => ScriptedWorkbench {
  let folder: string | null = null;
  let scripted: ScriptedWorkbench | null = null;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'runsheet-e2e-'));
    await writeFile(join(folder, 'PLAN.md'), '# A plan\n\n- [ ] T01 Something\n');
    const engine = await FakeEngine.start(folder);
    engine.state = state;
    const workbench = await Workbench.open({
      workspace: folder,
      extensions: [vsixPath],
      screenshots: join(screenshots, scenario),
      settings: { 'security.workspace.trust.enabled': false, ...settings },
    });
    scripted = { workbench, engine };
    await workbench.openViewContainer('Runsheet');
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await scripted?.workbench.screenshot('FAILED');
  });

  after(async () => {
    await scripted?.workbench.close();
    await scripted?.engine.stop();
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  });

  return () => {
    if (scripted === null) throw new Error('The workbench is open only while tests run.');
    return scripted;
  };
}
