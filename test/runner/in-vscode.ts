import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import { runInExtensionHost } from '../support/vscode-host/extension-tests.js';
import { root } from './layers.js';
import type { LayerRun } from './run-layer.js';

/** The test files inside the extension host of a real VS Code that has the built extension and an empty folder open. */
export async function inVsCode(run: LayerRun): Promise<string | null> {
  const workspace = join(run.folder, 'workspace');
  const output = join(run.folder, 'output.txt');
  await mkdir(workspace);
  await writeFile(output, '');
  const ended = new AbortController();
  const showing = show(output, ended.signal);
  try {
    return await runInExtensionHost(
      {
        extension: root,
        entry: join(root, 'test/host/index.cjs'),
        workspace,
        env: {
          ...run.env,
          RUNSHEET_TEST_FILES: run.files.join('\n'),
          RUNSHEET_TEST_GREP: run.grep,
          RUNSHEET_TEST_TIMEOUT: String(run.layer.testTimeoutMs),
          RUNSHEET_TEST_OUTPUT: output,
          RUNSHEET_TEST_REPORT: run.report,
        },
        timeoutMs: run.layer.timeoutMs,
      },
      (line) => process.stdout.write(`${line}\n`),
    );
  } finally {
    ended.abort();
    await showing;
  }
}

/** Prints what is appended to a file until the signal, and then the rest of it. */
async function show(path: string, until: AbortSignal): Promise<void> {
  const file = await open(path);
  try {
    const copy = async (): Promise<void> => {
      const buffer = Buffer.alloc(65_536);
      for (;;) {
        const { bytesRead } = await file.read(buffer);
        if (bytesRead === 0) return;
        process.stdout.write(buffer.subarray(0, bytesRead));
      }
    };
    try {
      for await (const _tick of setInterval(200, undefined, { signal: until })) await copy();
    } catch {
      // The signal ends the loop with an AbortError.
    }
    await copy();
  } finally {
    await file.close();
  }
}
