import { z } from 'zod';
import {
  noHints,
  specNameSchema,
  taskTypeSchema,
  type SpecHints,
  type TaskType,
} from '../model/agent-spec';
import { readDollars, readDuration } from '../model/amounts';
import { toolPolicySchema, type ToolPolicy } from '../model/tool-policy';

// How work is done and judged, in the words of plan files and `runsheet.yml`: the same words below
// a subtask, in front matter and in the settings of a workspace.

/** One value on one line; `read` gives `null` for what it does not understand. */
function line<T>(read: (text: string) => T | null, wayOut: string) {
  return z.unknown().transform((value, context) => {
    const isScalar = typeof value === 'string' || typeof value === 'number';
    const text = isScalar ? String(value).trim() : '';
    const found = isScalar ? read(/^`([^`]*)`$/.exec(text)?.[1]?.trim() ?? text) : null;
    if (found !== null) return found;
    context.addIssue({ code: 'custom', message: wayOut });
    return z.NEVER;
  });
}

const specName = line(
  (text): string | null => specNameSchema.safeParse(text).data ?? null,
  'write the name of a stored spec: small letters, digits and -, such as api-tests',
);

const wholeNumber = (least: number, most: number) =>
  line(
    (text) => {
      const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
      return number >= least && number <= most ? number : null;
    },
    most === Number.MAX_SAFE_INTEGER
      ? `write a whole number of at least ${least}`
      : `write a whole number from ${least} to ${most}`,
  );

/** Each word with what it may hold. The schemas for editors have them as `hints`. */
export const hintShape = {
  spec: specName,
  type: line(
    (text): TaskType | null => taskTypeSchema.safeParse(text).data ?? null,
    `write one of ${taskTypeSchema.options.join(', ')}`,
  ),
  turns: wholeNumber(1, 500),
  timeout: line(readTimeout, 'write a time from 60s to 2h with its unit, such as 20m or 1h 30m'),
  tokens: wholeNumber(1000, Number.MAX_SAFE_INTEGER),
  cost: line(readDollars, 'write an amount in US dollars, such as 1.50'),
  priority: wholeNumber(1, 9999),
  attempts: wholeNumber(1, 50),
  accept: line(
    readAccept,
    'write all, any, or weighted with the score above 0 and up to 1 that is enough, such as weighted 0.7',
  ),
  retry: line(
    readRetry,
    'write none, or fixed or exponential with the number of retries (1 to 10) and the pause before them (up to 1h), such as exponential 3 2s',
  ),
  fallback: specName,
};
type HintValues = { [Word in keyof typeof hintShape]: z.output<(typeof hintShape)[Word]> };

export const hintWords: ReadonlySet<string> = new Set(Object.keys(hintShape));

/** A tool policy that says only some of its keys; those that it leaves out are not filled in. */
export const policySchema = z.unknown().transform((written, context): Partial<ToolPolicy> => {
  const parsed = toolPolicySchema.safeParse(written);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues)
      context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  }
  const keys = new Set(Object.keys(z.looseObject({}).parse(written)));
  const said = Object.entries(parsed.data).filter(([key]) => keys.has(key));
  // The values are the policy's own; the compiler does not know keys and values of entries apart.
  const policy: Partial<ToolPolicy> = {};
  return Object.assign(policy, Object.fromEntries(said));
});

/** `null` for what the values leave out. */
export function hintsOf(
  values: Partial<HintValues> & { policy?: Partial<ToolPolicy> | undefined },
): SpecHints {
  return {
    spec: values.spec ?? null,
    taskType: values.type ?? null,
    maxTurns: values.turns ?? null,
    timeoutSeconds: values.timeout ?? null,
    maxTokens: values.tokens ?? null,
    maxCostMicros: values.cost ?? null,
    priority: values.priority ?? null,
    attempts: values.attempts ?? null,
    accept: values.accept ?? null,
    retry: values.retry ?? null,
    fallback: values.fallback ?? null,
    policy: values.policy ?? null,
  };
}

/** Reads words one by one; `refuse` is told what cannot be read, and that word counts as not said. */
export function readHints(
  written: ReadonlyMap<string, string>,
  refuse: (word: string, message: string) => void,
): SpecHints {
  if (written.size === 0) return noHints;
  const values: Partial<HintValues> = {};
  for (const [word, schema] of Object.entries(hintShape)) {
    const text = written.get(word);
    if (text === undefined) continue;
    const parsed = schema.safeParse(text);
    // The loop ties each word to the output of its own schema; the compiler cannot follow that.
    if (parsed.success) Object.assign(values, { [word]: parsed.data });
    else for (const { message } of parsed.error.issues) refuse(word, `${word}: ${message}.`);
  }
  return hintsOf(values);
}

/** Seconds. */
function readTimeout(text: string): number | null {
  const ms = readDuration(text);
  return ms !== null && ms >= 60_000 && ms <= 7_200_000 ? Math.round(ms / 1000) : null;
}

function readAccept(text: string): SpecHints['accept'] {
  if (text === 'all') return { gate_mode: 'all_pass', min_score: null };
  if (text === 'any') return { gate_mode: 'any_pass', min_score: null };
  const score = /^weighted\s+(0(?:\.\d+)?|1(?:\.0+)?)$/.exec(text)?.[1];
  // A score of 0 would accept whatever the checks say.
  if (score === undefined || Number(score) === 0) return null;
  return { gate_mode: 'weighted', min_score: Number(score) };
}

const usualRetryMs = 1000;

function readRetry(text: string): SpecHints['retry'] {
  if (text === 'none') return { retry_policy: 'none', max_retries: 0, retry_delay_ms: 0 };
  const match = /^(fixed|exponential)\s+(\d{1,2})(?:\s+(\d.*))?$/.exec(text);
  if (match === null) return null;
  const retries = Number(match[2]);
  const delay = match[3] === undefined ? usualRetryMs : readDuration(match[3]);
  if (retries < 1 || retries > 10 || delay === null || delay > 3_600_000) return null;
  const mode = match[1] === 'fixed' ? 'fixed' : 'exponential';
  return { retry_policy: mode, max_retries: retries, retry_delay_ms: delay };
}
