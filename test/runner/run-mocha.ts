import Mocha from 'mocha';
import { format, inspect } from 'node:util';
import type { LayerReport } from './layer-report.js';

export interface MochaOptions {
  /** Absolute paths of the test files. */
  files: readonly string[];
  /** Part of the full title; all tests when empty. */
  grep: string;
  /** Limit of one test in ms, unless it sets its own. */
  timeoutMs: number;
  /** Takes the progress, one line at a time. */
  print: (line: string) => void;
}

/** Runs test files in this process and says how it went. A file that cannot be loaded is a failure of its own. */
export async function runMocha(options: MochaOptions): Promise<LayerReport> {
  printProgressTo(options.print);
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: 'spec',
    color: false,
    timeout: options.timeoutMs,
    forbidOnly: true,
    ...(options.grep === '' ? {} : { fgrep: options.grep }),
  });
  const failures: string[] = [];
  for (const file of options.files) {
    try {
      await load(mocha, file);
    } catch (error) {
      options.print(`${file} cannot be loaded:\n${inspect(error)}\n`);
      failures.push(file);
    }
  }
  let passed = 0;
  let skipped = 0;
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on('pass', () => passed++)
      .on('pending', () => skipped++)
      // A failing hook is reported here too, so this may count more than the tests.
      .on('fail', (test) => failures.push(test.fullTitle()));
  });
  return { passed, failed: failures.length, skipped, failures };
}

async function load(mocha: Mocha, file: string): Promise<void> {
  mocha.files = [file];
  await mocha.loadFilesAsync();
}

/** All reporters of mocha print through one static function, which its types do not mention. */
function printProgressTo(print: (line: string) => void): void {
  Object.assign(Mocha.reporters.Base, {
    consoleLog: (...values: unknown[]) => print(format(...values)),
  });
}
