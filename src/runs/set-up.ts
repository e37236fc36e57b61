import type { CheckContext, CheckRunner } from '../checks/check';
import { RunsheetError } from '../model/errors';
import { displayCommand, type CommandText } from '../model/validator';

const longestSeconds = 1800;

/** The set-up command did not pass, so nothing can be judged in its tree. */
export class SetUpFailed extends RunsheetError {
  constructor(message: string) {
    super('unavailable', `The set-up command failed: ${message}`);
  }
}

/** Makes a new tree ready for agents and checks: what the plan or the workspace asks to be run. */
export async function setUp(
  command: CommandText | null,
  checks: CheckRunner,
  context: CheckContext,
  tell: (event: Readonly<Record<string, unknown>>) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  if (command === null) return;
  const { outcome, message } = await checks.run(
    {
      id: 'setup',
      type: 'test_pass',
      weight: 1,
      required: true,
      config: { command, expected_exit_code: 0, timeout_seconds: longestSeconds },
    },
    context,
  );
  await tell({ command: displayCommand(command), outcome, message });
  if (outcome !== 'passed') throw new SetUpFailed(message);
}
