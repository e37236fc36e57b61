import { join } from 'node:path';
import { Obstacle } from '../support/errors.js';
import { runToEnd } from '../support/owned-process.js';
import { root } from './layers.js';
import type { Tally } from './tally.js';

interface StaticCheck {
  name: string;
  /** A program of node_modules and its arguments. */
  command: readonly [string, ...string[]];
}

/** In the order of their length, so that two at a time end together. */
const checks: readonly StaticCheck[] = [
  { name: 'lint', command: ['eslint/bin/eslint.js', '.'] },
  { name: 'types', command: ['typescript/bin/tsc', '--noEmit'] },
  { name: 'format', command: ['prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'] },
  {
    name: 'types of the panel',
    command: ['typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.webview.json'],
  },
  { name: 'walls', command: ['dependency-cruiser/bin/dependency-cruise.mjs', 'src'] },
];

/** Reads the sources without running them: each check counts as one test. Two at a time. */
export async function runStaticChecks(tally: Tally): Promise<void> {
  const waiting = [...checks];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const [program, ...args] = check.command;
      const path = join(root, 'node_modules', program);
      await tally.check(check.name, async () => {
        const done = await runToEnd(process.execPath, [path, ...args], { cwd: root });
        if (done.code !== 0) throw new Obstacle(done.output.trimEnd());
      });
    }
  };
  await Promise.all([worker(), worker()]);
}
