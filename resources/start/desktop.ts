import { join } from 'node:path';
import { runToEnd } from '../../test/support/owned-process.js';
import { vsixPath } from '../../test/support/product.js';
import { planName } from './demo-workspace.js';

/** Installs the extension in the person's own VS Code and opens the workspace. Answers what went wrong, if anything. */
export async function openInDesktop(code: string, workspace: string): Promise<string | null> {
  const calls = [
    ['--install-extension', vsixPath, '--force'],
    [workspace, join(workspace, planName)],
  ];
  for (const args of calls) {
    const done = await runToEnd(code, args);
    if (done.code !== 0) return done.output.trim();
  }
  return null;
}
