import { z } from 'zod';
import { RunsheetError } from './errors';

const common = {
  id: z.string().min(1).max(100),
  weight: z.number().min(0).max(10).default(1),
  required: z.boolean().default(false),
  label: z.string().max(200).optional(),
};

/** An argument array runs without a shell; a text is a shell line that a person must approve. */
export const commandTextSchema = z.union([
  z.array(z.string()).min(1),
  z.string().trim().min(1).max(10_000),
]);
export type CommandText = z.infer<typeof commandTextSchema>;

export const validatorSchema = z.discriminatedUnion('type', [
  z.object({
    ...common,
    type: z.literal('test_pass'),
    config: z.object({
      command: commandTextSchema,
      expected_exit_code: z.int().default(0),
      timeout_seconds: z.int().min(1).max(3600).default(60),
      working_directory: z.string().optional(),
      min_tests: z.int().min(1).optional(),
    }),
  }),
  z.object({
    ...common,
    type: z.literal('file_exists'),
    config: z.object({ path: z.string().min(1), should_exist: z.boolean().default(true) }),
  }),
  z.object({
    ...common,
    type: z.literal('forbidden_patterns'),
    config: z.object({
      patterns: z.array(z.string().min(1)).min(1),
      case_sensitive: z.boolean().default(true),
      scope: z.enum(['diff', 'files', 'events']).default('diff'),
      paths: z.array(z.string()).optional(),
    }),
  }),
]);
/** One check of an acceptance: what to run and when it counts as passed. */
export type Validator = z.infer<typeof validatorSchema>;
export type ValidatorType = Validator['type'];

export const validatorListSchema = z.array(validatorSchema).max(20);

/** The commands that a validator would execute. */
export function commandsOf(validator: Validator): CommandText[] {
  return validator.type === 'test_pass' ? [validator.config.command] : [];
}

/** A command as one line for people: arguments with blanks or quotes are quoted. */
export function displayCommand(command: CommandText): string {
  if (typeof command === 'string') return command;
  return command
    .map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : JSON.stringify(part)))
    .join(' ');
}

/**
 * Replaces `{name}` in a command by a run's value.
 * @throws RunsheetError `validation` for a name that is not in `values`.
 */
export function fillPlaceholders(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z_]+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value !== undefined) return value;
    throw new RunsheetError(
      'validation',
      `${whole} is not known in a check. Known names: ${Object.keys(values)
        .map((known) => `{${known}}`)
        .join(', ')}.`,
      { field: 'command', value: name },
    );
  });
}
