import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../support/errors.js';
import { endProcess, OwnedProcess, processesMarked } from '../support/owned-process.js';
import { readLayerReport } from './layer-report.js';
import { root, testFiles, type Layer } from './layers.js';
import type { Tally } from './tally.js';

/** Environment variable that every process of one layer carries. */
const marker = 'RUNSHEET_TEST_LAYER';

/** What a layer's process gets, and where it reports. */
export interface LayerRun {
  layer: Layer;
  files: readonly string[];
  grep: string;
  /** JSON file to write at the end. */
  report: string;
  env: Record<string, string>;
  /** A folder that is removed after the layer. */
  folder: string;
}

/** Runs one layer and counts it. `grep` narrows to the tests whose full title contains it. */
export async function runLayer(
  layer: Layer,
  grep: string,
  tally: Tally,
  program: (run: LayerRun) => Promise<string | null>,
): Promise<void> {
  const started = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'runsheet-tests-'));
  const mark = randomUUID();
  const report = join(folder, 'report.json');
  const files = testFiles(layer);
  tally.print(`\n== ${layer.name}`);
  const problem = await program({
    layer,
    files,
    grep,
    report,
    folder,
    env: { [marker]: mark },
  }).catch(messageOf);
  const result = readLayerReport(report);
  if (result !== null) tally.addLayer(layer.name, result);
  if (problem !== null && (result === null || result.failed === 0)) {
    tally.fail(layer.name, problem);
  } else if (result === null) {
    tally.fail(layer.name, 'It ended without a report.');
  } else if (result.passed + result.failed === 0 && grep === '') {
    tally.fail(layer.name, `No test ran (${files.length} files).`);
  }
  await expectNoSurvivors(layer, mark, tally);
  await rm(folder, { recursive: true, force: true });
  tally.print(`== ${layer.name}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** A test that leaves a process behind has failed, even when it passed. */
async function expectNoSurvivors(layer: Layer, mark: string, tally: Tally): Promise<void> {
  const deadline = Date.now() + 5000;
  let left = processesMarked(marker, mark);
  while (left.length > 0 && Date.now() < deadline) {
    await delay(100);
    left = processesMarked(marker, mark);
  }
  if (left.length === 0) return;
  const lines = left.map(({ pid, command }) => `  ${pid} ${command}`);
  tally.fail(`${layer.name}: processes left behind`, lines.join('\n'));
  for (const { pid } of left) endProcess(pid);
}

/** The test files in a Node process of their own. */
export async function inNode({
  layer,
  files,
  grep,
  report,
  env,
}: LayerRun): Promise<string | null> {
  const child = await OwnedProcess.start(
    process.execPath,
    [
      ...['--import', 'tsx', join(__dirname, 'layer-process.ts')],
      ...[report, String(layer.testTimeoutMs), grep, ...files],
    ],
    { cwd: root, env: { ...process.env, ...env }, output: 'inherit' },
  );
  const timeout = new AbortController();
  const exit = await Promise.race([
    child.exited,
    delay(layer.timeoutMs, null, { signal: timeout.signal }).catch(() => null),
  ]);
  timeout.abort();
  if (exit === null) {
    await child.stop();
    return `It did not end in ${layer.timeoutMs / 60_000} minutes.`;
  }
  return exit.code === 0
    ? null
    : `Its process ended with ${exit.signal ?? `exit code ${String(exit.code)}`}.`;
}
