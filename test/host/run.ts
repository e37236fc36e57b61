import { appendFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { runMocha } from '../runner/run-mocha.js';

const environment = z.object({
  RUNSHEET_TEST_FILES: z.string(),
  RUNSHEET_TEST_GREP: z.string(),
  RUNSHEET_TEST_TIMEOUT: z.coerce.number(),
  RUNSHEET_TEST_OUTPUT: z.string(),
  RUNSHEET_TEST_REPORT: z.string(),
});

/** Called by the extension host once the workbench is up. A rejection makes VS Code report a failure. */
export async function run(): Promise<void> {
  const env = environment.parse(process.env);
  const result = await runMocha({
    files: env.RUNSHEET_TEST_FILES.split('\n'),
    grep: env.RUNSHEET_TEST_GREP,
    timeoutMs: env.RUNSHEET_TEST_TIMEOUT,
    print: (line) => appendFileSync(env.RUNSHEET_TEST_OUTPUT, `${line}\n`),
  });
  writeFileSync(env.RUNSHEET_TEST_REPORT, JSON.stringify(result));
  if (result.failed > 0) throw new Error(`${result.failed} tests failed`);
}
