import type { CheckContext, CheckResult, CheckRunner } from '../checks/check';
import { RunsheetError } from '../model/errors';
import { displayCommand, type CommandText } from '../model/validator';

const longestSeconds = 1800;
const longestTail = 300;

/** How a run ends that could not be set up. */
export const setUpCode = 'setup';

/** The set-up command did not pass, so nothing can be done or judged in its tree. */
export class SetUpFailed extends RunsheetError {
  constructor({ outcome, message, output }: CheckResult) {
    const what = outcome === 'skipped' ? 'was not run' : 'failed';
    const tail = output.trim().slice(-longestTail);
    super(
      'unavailable',
      `The set-up command ${what}: ${message}${tail === '' ? '' : `\n${tail}`}`,
      { outcome },
    );
  }
}

/** Takes down how the command ended, with all that it printed. */
export type TellSetUp = (
  event: { command: string; outcome: CheckResult['outcome']; message: string },
  output: string,
) => Promise<void>;

/**
 * Makes a new tree ready for agents and checks: what the plan or the workspace asks to be run.
 * @throws SetUpFailed also for a command that nobody has approved.
 */
export async function setUp(
  command: CommandText | null,
  checks: CheckRunner,
  context: CheckContext,
  tell: TellSetUp = () => Promise.resolve(),
): Promise<void> {
  if (command === null) return;
  const result = await checks.run(
    {
      id: 'setup',
      type: 'test_pass',
      weight: 1,
      required: true,
      config: { command, expected_exit_code: 0, timeout_seconds: longestSeconds },
    },
    context,
  );
  const { outcome, message, output } = result;
  await tell({ command: displayCommand(command), outcome, message }, output);
  if (outcome !== 'passed') throw new SetUpFailed(result);
}
