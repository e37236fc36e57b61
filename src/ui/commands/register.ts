import { commands, type Disposable } from 'vscode';
import { z } from 'zod';
import type { CommandId } from '../command-ids';
import type { ErrorReporter } from '../error-reporter';

/** `EditorCommandTarget`, as it arrives. */
const targetSchema = z.object({
  planId: z.string(),
  key: z.string().optional(),
  id: z.string().optional(),
  /** The answer that was chosen already. */
  option: z.string().optional(),
});

/** What a command acts on; absent when it comes from the palette. */
export type Target = z.infer<typeof targetSchema>;

/**
 * Registers a command on something of a plan. Its argument comes from a tree row, a code lens or
 * nowhere; whatever the handler throws is shown to the person.
 */
export function register(
  id: CommandId,
  errors: Pick<ErrorReporter, 'report'>,
  handler: (target: Target | undefined) => Promise<void>,
): Disposable {
  return commands.registerCommand(id, async (argument: unknown) => {
    const parsed = targetSchema.safeParse(argument);
    try {
      await handler(parsed.success ? parsed.data : undefined);
    } catch (error) {
      errors.report(error);
    }
  });
}
