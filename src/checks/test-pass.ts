import type { ConfigOf } from '../model/validator';
import type { CheckContext } from './check';
import { unexpectedExit, type CommandCheck, type EndedCommand } from './command-check';
import { countPassedTests } from './counted-tests';
import { finding, type Finding } from './finding';

/** Passed when a command ends with the expected exit code, and enough tests passed. */
export async function testPass(
  commands: CommandCheck,
  config: ConfigOf<'test_pass'>,
  context: CheckContext,
): Promise<Finding> {
  const end = await commands.run(config, context);
  if (end.kind === 'finding') return end.finding;
  const unexpected = unexpectedExit(end, config.expected_exit_code);
  if (unexpected !== null) return unexpected;
  if (config.min_tests !== undefined)
    return judgeCount(end, countPassedTests(end.output), config.min_tests, 'passed');
  return finding('passed', `"${end.text}" ended with ${config.expected_exit_code}.`, end.evidence);
}

/** Passed when at least `least` tests passed, or ran; an output that does not say is an error. */
export function judgeCount(
  { text, isWhole, evidence }: EndedCommand,
  count: number | null,
  least: number,
  how: 'passed' | 'ran',
): Finding {
  const counted = { ...evidence, details: { ...evidence.details, tests: count } };
  const cut = isWhole ? '' : ' The middle of its output was left out.';
  if (count === null)
    return finding(
      'error',
      `"${text}" ended, but its output does not say how many tests ${how}, so min_tests cannot ` +
        `be judged.${cut} Use a reporter that is understood: node:test, TAP, mocha, jest, vitest, ` +
        `pytest, cargo, go test -v.`,
      counted,
    );
  const tests = `${count} ${count === 1 ? 'test' : 'tests'} ${how}`;
  if (count >= least) return finding('passed', `"${text}": ${tests}.`, counted);
  return finding('failed', `"${text}": ${tests}, at least ${least} are required.${cut}`, counted);
}
