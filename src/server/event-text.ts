import { z } from 'zod';

/** A value of a payload that did not fit into its row: its size in bytes. */
const cutSchema = z.object({ truncated: z.number() });
const text = z.string().catch('');
/** Some agents take a command of many lines as the title of its call. */
const title = z
  .string()
  .catch('')
  .transform((words) => words.trim().replace(/\s*\n\s*/g, ' ⏎ '));
const maybe = z.string().nullish().catch(null);

const usageSchema = z.object({
  tokensIn: z.number(),
  tokensOut: z.number(),
  costMicros: z.number().nullable(),
});

/** What runs write about each type of event, as text for people. */
const texts: Readonly<Record<string, z.ZodType<string>>> = {
  message: z
    .object({ role: z.string(), text: z.string() })
    .transform((message) =>
      message.role === 'assistant' ? message.text : `(${message.role}) ${message.text}`,
    ),
  output: z.object({ text: z.string() }).transform((output) => output.text),
  notice: z.object({ text: z.string() }).transform((notice) => notice.text),
  plan_update: z
    .object({ entries: z.array(z.object({ content: z.string(), status: z.string() })) })
    .transform(({ entries }) =>
      entries.map(({ content, status }) => `[${words(status)}] ${content}`).join('\n'),
    ),
  tool_call: z
    .object({ title, status: text, locations: z.array(z.string()).catch([]) })
    .transform(({ title, status, locations }) => {
      const places = locations.filter((place) => !title.includes(lastPartOf(place)));
      const where = places.length === 0 ? '' : `: ${places.join(', ')}`;
      return `${title}${where} (${words(status)})`;
    }),
  tool_result: z
    .object({ title, status: text, output: z.unknown() })
    .transform(({ title, status, output }) =>
      lines(`${title} (${words(status)})`, shortened(outputText(output))),
    ),
  permission_requested: z
    .object({
      summary: z.string(),
      options: z.array(z.string()).catch([]),
      locations: z.array(z.string()).catch([]),
      input: maybe,
    })
    .transform(({ summary, options, locations, input }) => {
      const question = options.length === 0 ? summary : `${summary} [${options.join(' / ')}]`;
      const about = input === null || input === undefined || input === summary ? '' : input;
      return [question, locations.join(', '), about].filter((line) => line !== '').join('\n');
    }),
  permission_answered: z
    .object({ answer: z.string(), by: maybe })
    .transform(({ answer, by }) => (by === 'policy' ? `${answer} (by the tool policy)` : answer)),
  policy_violation: z
    .object({ detail: z.string(), prevented: z.boolean().catch(false) })
    .transform(({ detail, prevented }) => (prevented ? `Prevented: ${detail}` : detail)),
  policy_not_enforced: z
    .object({ detail: z.string(), rules: z.array(z.string()).catch([]) })
    .transform(({ detail, rules }) => `${rules.map(words).join(', ')}: ${detail}`),
  started: z
    .object({ version: maybe, model: maybe })
    .transform(({ version, model }) =>
      joined([version && `version ${version}`, model && `model ${model}`]),
    ),
  dispatched: z
    .object({ agent: z.string(), attempt: z.number(), because: z.string() })
    .transform(({ agent, attempt, because }) =>
      joined([`attempt ${attempt}`, agent, because !== 'first' && words(because)]),
    ),
  worktree_opened: z
    .object({ branch: z.string(), base: z.string(), continues: z.boolean().catch(false) })
    .transform(({ branch, base, continues }) =>
      joined([
        `${branch} from ${shortCommit(base)}`,
        continues && 'with the work of the run before',
      ]),
    ),
  nothing_changed: z.object({}).transform(() => 'The agent changed no file.'),
  setup: z
    .object({ command: z.string(), outcome: z.string(), message: text })
    .transform(({ command, outcome, message }) => `${command}: ${outcome}. ${message}`.trim()),
  turn_complete: z
    .object({
      outcome: z.string(),
      stopReason: maybe,
      which: maybe,
      message: maybe,
      permissionDenials: z.number().catch(0),
      usage: usageSchema.nullish().catch(null),
    })
    .transform((turn) =>
      joined([
        joinedBy(': ', [words(turn.outcome), turn.message ?? words(turn.stopReason ?? turn.which)]),
        turn.permissionDenials > 0 && `${turn.permissionDenials} × permission denied`,
        turn.usage && usageText(turn.usage),
      ]),
    ),
  acceptance_check: z
    .object({ check: z.string(), outcome: z.string(), message: text })
    .transform(({ check, outcome, message }) => `${check}: ${outcome}. ${message}`.trim()),
  verification_started: z
    .object({ tree: z.string(), commit: maybe, checks: z.number() })
    .transform(({ tree, commit, checks }) => {
      const what = checks === 1 ? '1 check' : `${checks} checks`;
      const where = tree === 'merged' ? 'on the merged tree' : `in the ${words(tree)}`;
      return joinedBy(' ', [what, where, commit && `at ${shortCommit(commit)}`]);
    }),
  verification_ended: z
    .object({ verdict: z.string(), message: maybe })
    .transform(({ verdict, message }) => joinedBy(': ', [verdict, message])),
  merge_queued: z
    .object({ branch: z.string(), ahead: z.number() })
    .transform(({ branch, ahead }) => {
      const others = ahead === 1 ? '1 merge is' : `${ahead} merges are`;
      return `waits for its turn: ${others} before it into ${branch}`;
    }),
  branch_taken_in: z
    .object({ branch: z.string(), head: z.string(), paths: z.array(z.string()) })
    .transform(({ branch, head, paths }) =>
      joinedBy(': conflicts in ', [`${branch} at ${shortCommit(head)}`, paths.join(', ')]),
    ),
  merge_started: z
    .object({ commit: z.string(), branch: z.string() })
    .transform(({ commit, branch }) => `${shortCommit(commit)} into ${branch}`),
  merge_conflict: z
    .object({ paths: z.array(z.string()) })
    .transform(({ paths }) => paths.join(', ')),
  claim_made: z
    .object({ subtask: z.string(), says: z.string() })
    .transform(({ subtask, says }) => `${subtask} is ${words(says)}`),
  paused: z.object({ reason: maybe }).transform(({ reason }) => reason ?? ''),
  resumed: z
    .object({ reason: maybe, paused_ms: z.number() })
    .transform(({ reason, paused_ms: ms }) => joined([`after ${duration(ms)}`, reason])),
  retry_scheduled: z.object({ because: maybe, inMs: z.number() }).transform(({ because, inMs }) => {
    const when = inMs === 0 ? 'at once' : `in ${duration(inMs)}`;
    return `${words(because ?? 'retry')} ${when}`;
  }),
  budget_warning: z.object({ text: z.string() }).transform(({ text: told }) => told),
  budget_exhausted: z.object({ text: z.string() }).transform(({ text: told }) => told),
  interrupted: z
    .object({ state: z.string() })
    .transform(({ state }) => `The engine ended while the run was ${words(state)}.`),
};

/** For types with no line of their own. */
const others = z.union([
  z.object({ text: z.string() }).transform((other) => other.text),
  z
    .object({ verdict: z.string().nullable(), reason: z.string().nullable() })
    .transform(({ verdict, reason }) => joinedBy(': ', [verdict && `verdict ${verdict}`, reason])),
  z.object({ commit: z.string() }).transform(({ commit }) => shortCommit(commit)),
]);

/** What a person does to a run is told with their name. */
const byPersons: ReadonlySet<string> = new Set(['paused', 'resumed']);

/**
 * An event as text for people; what it does not know is shown as its JSON.
 * @param actor who did it, e.g. `person:ada`, where that matters.
 */
export function eventText(type: string, payload: unknown, actor = ''): string {
  const isByPerson = byPersons.has(type) && actor.startsWith('person:');
  const text = payloadText(type, payload);
  return isByPerson ? joined([`by ${actor.replace('person:', '')}`, text]) : text;
}

function payloadText(type: string, payload: unknown): string {
  if (payload === null || payload === undefined) return '';
  const known = (texts[type] ?? others).safeParse(payload);
  if (known.success) return known.data;
  const other = others.safeParse(payload);
  return other.success ? other.data : (cutText(payload) ?? JSON.stringify(payload));
}

const content = z.union([
  z.object({ type: z.literal('text'), text: z.string() }).transform((part) => part.text),
  z
    .object({ type: z.literal('content'), content: z.object({ text: z.string() }) })
    .transform((part) => part.content.text),
  z
    .object({ type: z.literal('diff'), path: z.string() })
    .transform(({ path }) => `changed ${path}`),
  // Where a client would show the tool at work.
  z.object({ type: z.literal('terminal') }).transform(() => ''),
]);

/** The names under which agents hand over what a tool printed. */
const printed = ['output', 'formatted_output', 'stdout', 'stderr', 'text', 'message', 'error'];

function outputText(output: unknown): string {
  if (output === null || output === undefined) return '';
  if (typeof output === 'string') return output;
  if (Array.isArray(output)) return lines(...output.map(partText));
  const cut = cutSchema.safeParse(output);
  if (cut.success) return cutNote(cut.data.truncated);
  const fields = z.record(z.string(), z.unknown()).catch({}).parse(output);
  const found = printed.flatMap((name) => {
    const value = fields[name];
    return typeof value === 'string' && value.trim() !== '' ? [value] : [];
  });
  return found[0] ?? JSON.stringify(output);
}

function partText(part: unknown): string {
  const known = content.safeParse(part);
  return known.success ? known.data : JSON.stringify(part);
}

/** What is left of a payload that was too long for its row. */
function cutText(payload: unknown): string | null {
  const fields = z.record(z.string(), z.unknown()).safeParse(payload).data ?? {};
  const sizes = Object.values(fields).flatMap((value) => cutSchema.safeParse(value).data ?? []);
  const bytes = sizes.reduce((sum, { truncated }) => sum + truncated, 0);
  return bytes === 0 ? null : cutNote(bytes);
}

function cutNote(bytes: number): string {
  return `(${bytes} bytes, kept as an artifact of the run)`;
}

const mostLines = 20;

function shortened(output: string): string {
  const all = output.trimEnd().split('\n');
  if (all.length <= mostLines) return all.join('\n');
  return [...all.slice(0, mostLines), `… ${all.length - mostLines} more lines`].join('\n');
}

/** `130 tokens in, 20 out, $0.0123`. */
function usageText({ tokensIn, tokensOut, costMicros }: z.output<typeof usageSchema>): string {
  const cost = costMicros === null ? '' : `, $${(costMicros / 1_000_000).toFixed(4)}`;
  return `${tokensIn} tokens in, ${tokensOut} out${cost}`;
}

function lastPartOf(path: string): string {
  return path.slice(path.search(/[^/\\]*$/));
}

/** `12 s`, `5 min`, `1 min 30 s`. */
function duration(ms: number): string {
  const total = Math.round(ms / 1000);
  const [minutes, rest] = [Math.floor(total / 60), total % 60];
  if (minutes === 0) return `${total} s`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

function shortCommit(commit: string): string {
  return commit.slice(0, 12);
}

function words(word: string | null | undefined): string {
  return (word ?? '').replaceAll('_', ' ');
}

type Part = string | false | null | undefined;

function joinedBy(separator: string, parts: readonly Part[]): string {
  return parts.filter((part) => typeof part === 'string' && part !== '').join(separator);
}

function joined(parts: readonly Part[]): string {
  return joinedBy(' · ', parts);
}

function lines(...parts: string[]): string {
  return joinedBy('\n', parts);
}
