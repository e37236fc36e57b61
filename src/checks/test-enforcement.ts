import type { ConfigOf } from '../model/validator';
import type { Files } from '../platform/files';
import type { CheckContext } from './check';
import { notRun, unexpectedExit, type CommandCheck } from './command-check';
import { countPassedTests, countTests } from './counted-tests';
import { finding, type Finding } from './finding';
import { judgeCount } from './test-pass';
import { filesMatching } from './tree-files';

type Config = ConfigOf<'test_enforcement'>;

const listed = 100;

/** Passed when test files are there, we ran them, and enough of their tests passed. */
export async function testEnforcement(
  files: Files,
  commands: CommandCheck,
  config: Config,
  context: CheckContext,
): Promise<Finding> {
  const pattern = config.test_file_pattern;
  const found = await filesMatching(files, context.directory, [pattern]);
  const details = { testFiles: found.length, files: found.slice(0, listed) };
  if (found.length === 0)
    return finding('failed', `There is no test file ${JSON.stringify(pattern)}.`, { details });
  const result = config.require_ran
    ? await judgeRun(commands, config, context)
    : judgeFiles(config, found.length);
  return { ...result, details: { ...result.details, ...details } };
}

async function judgeRun(
  commands: CommandCheck,
  config: Config,
  context: CheckContext,
): Promise<Finding> {
  const end = await commands.run(config, context);
  if (end.kind === 'finding') return end.finding;
  const { expected_exit_code: expected, min_tests: least } = config;
  if (config.require_passed)
    return (
      unexpectedExit(end, expected) ??
      judgeCount(end, countPassedTests(end.output), least, 'passed')
    );
  return notRun(end, expected) ?? judgeCount(end, countTests(end.output), least, 'ran');
}

/** Tests that need not run are counted by their files. */
function judgeFiles({ min_tests: least }: Config, count: number): Finding {
  const files = `${count} test ${count === 1 ? 'file' : 'files'}`;
  return count >= least
    ? finding('passed', `${files}, which need not run (require_ran).`)
    : finding('failed', `${files}, at least ${least} are required.`);
}
