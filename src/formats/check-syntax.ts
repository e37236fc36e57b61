import { z } from 'zod';
import { staysInside } from './problems';
import { validatorSchema, type Validator } from '../model/validator';

// Checks as people write them: one line of text, an argument array, or a whole validator.

const unnamed = 'check';

/** Seconds for a check that names only a command; test suites often need more than a minute. */
export const shortFormTimeout = 600;

type CheckReading = { validator: Validator; error: null } | { validator: null; error: string };

/** A check written on one line (docs/plan-format.md, "Checks"). */
export function parseCheckText(written: string): CheckReading {
  const text = withoutBackticks(written.trim());
  if (text === '') return failure('a check needs a command, a path or a pattern');
  if (text.startsWith('[') || text.startsWith('{')) return parseJson(text);
  const file = /^(exists|absent)\s+(\S.*)$/.exec(text);
  if (file !== null) {
    const config = { path: file[2] ?? '', should_exist: file[1] === 'exists' };
    return accept({ type: 'file_exists', config, label: text });
  }
  if (/^forbid\s*\//.test(text)) return parseForbid(text);
  if (/^get\s+https?:/.test(text)) return parseGet(text);
  if (text === 'changes') return accept({ type: 'diff', config: {}, label: text });
  if (text === 'changes only files')
    return accept({ type: 'diff', config: { only_declared_files: true }, label: text });
  const asked = /^(confirm|review):\s*(\S.*)$/.exec(text);
  if (asked !== null) return parseAsked(asked[1] ?? '', asked[2] ?? '', text);
  return commandCheck(text, text);
}

/** A check as a YAML or JSON value: a line, an argument array, or a validator object. */
export function parseCheck(value: unknown): CheckReading {
  if (typeof value === 'string') return parseCheckText(value);
  if (Array.isArray(value)) return commandCheck(value, value.map(String).join(' '));
  // In YAML, `confirm: text` is a mapping.
  const asked = z.strictObject({ confirm: z.string() }).or(z.strictObject({ review: z.string() }));
  const question = asked.safeParse(value).data;
  if (question !== undefined) return parseCheckText(Object.entries(question).flat().join(': '));
  if (typeof value === 'object' && value !== null) return accept({ ...value });
  return failure(
    'a check is a line of text, a list of arguments, or an object with type and config',
  );
}

/** Gives every check an id of its own: the written one, else `<prefix>-<n>`. */
export function nameChecks(checks: readonly Validator[], prefix: string): Validator[] {
  const used = new Set<string>();
  return checks.map((check, index) => {
    let { id } = check;
    for (let n = index + 1; id === unnamed || used.has(id); n += 1) id = `${prefix}-${n}`;
    used.add(id);
    return { ...check, id };
  });
}

/** A check in a settings file. */
export const checkSchema = z.unknown().transform((value, context) => {
  const { validator, error } = parseCheck(value);
  if (validator !== null) return validator;
  context.addIssue({ code: 'custom', message: error });
  return z.NEVER;
});

function parseForbid(text: string): CheckReading {
  const match = /^forbid\s*\/(.+)\/([a-z]*)(?:\s+in\s+(\S.*))?$/.exec(text);
  if (match === null)
    return failure('write `forbid /pattern/` or `forbid /pattern/i in PATH, PATH`');
  const [, pattern = '', flags = '', paths] = match;
  if (flags !== '' && flags !== 'i') return failure(`the flag ${flags} is not known; only i is`);
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    return failure(error instanceof Error ? error.message : 'the pattern cannot be read');
  }
  const scope = paths === undefined ? {} : { scope: 'files', paths: splitList(paths) };
  const config = { patterns: [pattern], case_sensitive: flags !== 'i', ...scope };
  return accept({ type: 'forbidden_patterns', config, label: text });
}

function parseGet(text: string): CheckReading {
  const match = /^get\s+(\S+)(?:\s+(\d{3}))?(?:\s+\/(.+)\/)?$/.exec(text);
  if (match === null) return failure('write `get URL`, `get URL 204` or `get URL 200 /pattern/`');
  const [, url, status, pattern] = match;
  const config = {
    url,
    ...(status === undefined ? {} : { status: Number(status) }),
    ...(pattern === undefined ? {} : { body_pattern: pattern }),
  };
  return accept({ type: 'http', config, label: text });
}

/** What a person, or a second agent, is asked about. */
function parseAsked(whom: string, question: string, label: string): CheckReading {
  return whom === 'confirm'
    ? accept({ type: 'manual', config: { instruction: question }, label })
    : accept({ type: 'agent_review', config: { criteria: [question] }, label });
}

function parseJson(text: string): CheckReading {
  try {
    const value: unknown = JSON.parse(text);
    return parseCheck(value);
  } catch {
    // `[ -f dist/app.js ]` is a shell line, not a broken JSON array.
    if (/^\[\s/.test(text)) return commandCheck(text, text);
    return failure('this looks like JSON but cannot be read; check quotes and commas');
  }
}

function commandCheck(command: unknown, label: string): CheckReading {
  const config = { command, timeout_seconds: shortFormTimeout };
  return accept({ type: 'test_pass', config, label });
}

function accept(written: Record<string, unknown>): CheckReading {
  const label =
    typeof written['label'] === 'string' ? { label: written['label'].slice(0, 200) } : {};
  const parsed = validatorSchema.safeParse({ id: unnamed, ...written, ...label });
  if (!parsed.success) return failure(issuesOf(parsed.error));
  const outside = pathsOf(parsed.data).find((path) => !staysInside(path));
  if (outside !== undefined) return failure(`the path ${outside} leaves the workspace`);
  return { validator: parsed.data, error: null };
}

function pathsOf(check: Validator): string[] {
  switch (check.type) {
    case 'test_pass':
    case 'lint_clean':
      return [check.config.working_directory ?? '.'];
    case 'test_enforcement':
      return [check.config.working_directory ?? '.', check.config.test_file_pattern];
    case 'file_exists':
      return [check.config.path];
    case 'forbidden_patterns':
      return check.config.paths ?? [];
    case 'diff':
    case 'http':
    case 'agent_review':
    case 'manual':
      return [];
  }
}

function failure(error: string): CheckReading {
  return { validator: null, error };
}

function issuesOf(error: z.ZodError): string {
  return error.issues
    .map((issue) => [issue.path.join('.'), issue.message].filter((part) => part !== '').join(': '))
    .join('; ');
}

/** The parts of a list with commas, trimmed; backticks around a part are dropped. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => withoutBackticks(part.trim()))
    .filter((part) => part !== '');
}

function withoutBackticks(text: string): string {
  const inner = /^`([^`]*)`$/.exec(text)?.[1];
  return inner === undefined ? text : inner.trim();
}
