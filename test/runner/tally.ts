import { messageOf } from '../support/errors.js';
import type { LayerReport } from './layer-report.js';

/** Counts what was proven, and prints it. */
export class Tally {
  constructor(readonly print: (line: string) => void) {}

  private passed = 0;
  private failed = 0;
  private skipped = 0;
  private readonly failures: string[] = [];

  /** One check that counts as one test. Never rejects. */
  async check(name: string, work: () => Promise<unknown>): Promise<void> {
    if (await this.prepare(name, work)) this.passed++;
  }

  /** Work that tests need: only its failure counts. Answers whether it succeeded; never rejects. */
  async prepare(name: string, work: () => Promise<unknown>): Promise<boolean> {
    const started = Date.now();
    try {
      await work();
    } catch (error) {
      this.fail(`${name} (${seconds(started)})`, messageOf(error));
      return false;
    }
    this.print(`ok   ${name} (${seconds(started)})`);
    return true;
  }

  fail(name: string, reason: string): void {
    this.failed++;
    this.failures.push(name);
    this.print(`FAIL ${name}\n${reason}`);
  }

  addLayer(name: string, report: LayerReport): void {
    this.passed += report.passed;
    this.failed += report.failed;
    this.skipped += report.skipped;
    this.failures.push(...report.failures.map((title) => `${name}: ${title}`));
  }

  /** Prints the failures and, as the last line, the counts. Answers the exit code. */
  close(): number {
    if (this.failures.length > 0) {
      this.print(`\nFailed:\n${this.failures.map((title) => `  ${title}`).join('\n')}`);
    }
    if (this.passed + this.failed === 0) this.fail('tests', 'No test was run.');
    const skipped = this.skipped > 0 ? `, ${this.skipped} skipped` : '';
    this.print(`\n${this.passed} passed, ${this.failed} failed${skipped}`);
    return this.failed === 0 ? 0 : 1;
  }
}

function seconds(started: number): string {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`;
}
