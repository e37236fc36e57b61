// One layer in a process of its own: node --import tsx layer-process.ts REPORT TIMEOUT_MS GREP FILE…
import { writeFileSync } from 'node:fs';
import { exitOnSignals } from '../support/owned-process.js';
import type { LayerReport } from './layer-report.js';
import { runMocha } from './run-mocha.js';

/** How long handles may need to close after the last test, in ms. */
const closingTime = 5000;

async function main([
  reportPath = '',
  timeoutMs = '',
  grep = '',
  ...files
]: string[]): Promise<void> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const report = (result: LayerReport): void => writeFileSync(reportPath, JSON.stringify(result));
  exitOnSignals();
  const result = await runMocha({ files, grep, timeoutMs: Number(timeoutMs), print });
  report(result);
  // No forced exit: a test that leaves a handle open would go unseen.
  setTimeout(() => {
    const failure = `the process does not end: ${process.getActiveResourcesInfo().join(', ')}`;
    print(failure);
    report({ ...result, failed: result.failed + 1, failures: [...result.failures, failure] });
    process.exit(1);
  }, closingTime).unref();
}

void main(process.argv.slice(2));
