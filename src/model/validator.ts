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

/** A regular expression as text; one that does not compile is refused where it is written. */
const pattern = z.string().min(1).max(2000).refine(compiles, 'this is not a regular expression');

function compiles(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

const seconds = (usual: number) => z.int().min(1).max(3600).default(usual);
const command = {
  command: commandTextSchema,
  expected_exit_code: z.int().default(0),
  working_directory: z.string().optional(),
};

const webAddress = z
  .string()
  .max(2000)
  .refine(isWebAddress, 'this is no http:// or https:// address, or it has a password in it');

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

const testEnforcement = z
  .strictObject({
    ...command,
    test_file_pattern: z.string().min(1),
    min_tests: z.int().min(1).default(1),
    require_ran: z.boolean().default(true),
    require_passed: z.boolean().default(true),
    timeout_seconds: seconds(600),
  })
  .refine((config) => config.require_ran || !config.require_passed, {
    path: ['require_passed'],
    message: 'tests that need not run cannot be required to pass: set require_passed to false, too',
  });

export const validatorSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...common,
    type: z.literal('test_pass'),
    config: z.strictObject({
      ...command,
      timeout_seconds: seconds(60),
      min_tests: z.int().min(1).optional(),
    }),
  }),
  z.strictObject({
    ...common,
    type: z.literal('lint_clean'),
    config: z.strictObject({
      ...command,
      timeout_seconds: seconds(120),
      error_pattern: pattern.optional(),
    }),
  }),
  z.strictObject({
    ...common,
    type: z.literal('file_exists'),
    config: z.strictObject({ path: z.string().min(1), should_exist: z.boolean().default(true) }),
  }),
  z.strictObject({
    ...common,
    type: z.literal('forbidden_patterns'),
    config: z.strictObject({
      patterns: z.array(z.string().min(1)).min(1),
      case_sensitive: z.boolean().default(true),
      scope: z.enum(['diff', 'files', 'events']).default('diff'),
      paths: z.array(z.string()).optional(),
    }),
  }),
  z.strictObject({ ...common, type: z.literal('test_enforcement'), config: testEnforcement }),
  z.strictObject({
    ...common,
    type: z.literal('diff'),
    config: z
      .strictObject({
        require_change: z.boolean().default(true),
        only_declared_files: z.boolean().default(false),
      })
      .refine((config) => config.require_change || config.only_declared_files, {
        message: 'a diff check must require a change, or that only declared files change',
      }),
  }),
  z.strictObject({
    ...common,
    type: z.literal('http'),
    config: z.strictObject({
      url: webAddress,
      status: z.int().min(100).max(599).default(200),
      body_pattern: pattern.optional(),
      timeout_seconds: seconds(30),
    }),
  }),
  z.strictObject({
    ...common,
    type: z.literal('agent_review'),
    config: z.strictObject({
      criteria: z.array(z.string().trim().min(1).max(1000)).min(1).max(20),
      /** Name of a stored agent spec whose agent, objective and time limit the review has. */
      spec: z.string().min(1).max(100).optional(),
      /** Key of the agent that reviews; without it the spec's, the plan's or the workspace's. */
      agent: z.string().min(1).max(100).optional(),
      /** Whether a verdict may rest on this review with no other check behind it. */
      alone: z.boolean().default(false),
      timeout_seconds: seconds(600),
    }),
  }),
  z.strictObject({
    ...common,
    type: z.literal('manual'),
    config: z.strictObject({ instruction: z.string().trim().min(1).max(2000) }),
  }),
]);
/** One check of an acceptance: what to run and when it counts as passed. */
export type Validator = z.infer<typeof validatorSchema>;
export type ValidatorType = Validator['type'];
/** What a check of a type says beside its name and weight. */
export type ConfigOf<T extends ValidatorType> = Extract<Validator, { type: T }>['config'];

export const validatorListSchema = z
  .array(validatorSchema)
  .max(20, 'a subtask has at most 20 checks, those of its plan and of runsheet.yml counted');

/** The commands that a validator would execute. */
export function commandsOf(validator: Validator): CommandText[] {
  switch (validator.type) {
    case 'test_pass':
    case 'lint_clean':
      return [validator.config.command];
    case 'test_enforcement':
      return validator.config.require_ran ? [validator.config.command] : [];
    case 'file_exists':
    case 'forbidden_patterns':
    case 'diff':
    case 'http':
    case 'agent_review':
    case 'manual':
      return [];
  }
}

/** Whether a verdict may rest on this check alone: not on what only another agent says. */
export function standsAlone(validator: Validator): boolean {
  return validator.type !== 'agent_review' || validator.config.alone;
}

/** A host of `http` checks beside loopback: `example.org`, or `example.org:8080` for one port. */
export const hostSchema = z
  .string()
  .toLowerCase()
  .max(260)
  .regex(
    /^(?:[a-z0-9_-]+\.)*[a-z0-9_-]+(?::\d{1,5})?$/,
    'a host is a name such as example.org, or example.org:8080, without http://',
  );

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
