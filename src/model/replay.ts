import { z } from 'zod';
import {
  nothingYet,
  type PermissionFacts,
  type RunFacts,
  type RunRecordFacts,
  type VerificationFacts,
} from './run-facts';
import {
  checkOutcomeSchema,
  permissionStateSchema,
  runOutcomeSchema,
  verdictSchema,
  type RunState,
} from './status';

// What a run was, from nothing but the events that it told.

/** An event as it is stored, its payload whole. */
export interface ToldEvent {
  sequence: number;
  type: string;
  payload: unknown;
}

export interface Replay extends RunRecordFacts {
  /** What the events should tell and do not; a sentence each. */
  gaps: string[];
}

type Telling = z.ZodType<Partial<RunFacts>>;

const text = z.string();
const maybe = z.string().nullable();
const count = z.int().min(0);
const usageSchema = z.object({ tokensIn: count, tokensOut: count, costMicros: count.nullable() });
const used = usageSchema.extend({ turns: count, pausedMs: count }).partial();

const end = z
  .object({
    verdict: verdictSchema.nullable(),
    stopReason: maybe.default(null),
    errorCode: maybe.default(null),
    error: maybe.default(null),
    countsAsAttempt: z.boolean().default(true),
    used: used.optional(),
  })
  .transform(({ used = {}, ...facts }) => ({ ...facts, ...given(used) }));

const found = used.extend({
  version: maybe.optional(),
  model: maybe.optional(),
  session: maybe.optional(),
  base: maybe.optional(),
  branch: maybe.optional(),
  path: maybe.optional(),
  head: maybe.optional(),
  merge: maybe.optional(),
});

/** What each type of event says of the run itself; all other types say nothing of it. */
const tellings: Readonly<Record<string, Telling>> = {
  dispatched: z.object({ agent: text, spec: text, attempt: count, because: text }),
  worktree_opened: z.object({ base: text, branch: text, path: text }),
  started: z.object({ version: maybe, model: maybe, session: maybe }),
  turn_complete: z
    .object({ usage: usageSchema.extend({ turns: count.nullish() }).nullish() })
    .transform(({ usage }) => {
      const { turns, ...tokens } = usage ?? {};
      return { ...tokens, ...given({ turns: turns ?? undefined }) };
    }),
  commit_created: z.object({ commit: text }).transform(({ commit }) => ({ head: commit })),
  nothing_changed: z.object({ head: text }),
  merged: z.object({ commit: text }).transform(({ commit }) => ({ merge: commit })),
  completed: end,
  failed: end,
  timed_out: end,
  over_budget: end,
  cancelled: end,
  // The engine died, perhaps between a change and its event: this is what the next one found.
  interrupted: z
    .object({
      stopReason: maybe.default(null),
      errorCode: maybe.default(null),
      countsAsAttempt: z.boolean().default(false),
      found: found.optional(),
    })
    .transform(({ found = {}, ...facts }) => ({ ...facts, verdict: null, ...given(found) })),
};

const stateAfter: Readonly<Record<string, RunState>> = {
  dispatched: 'queued',
  worktree_opened: 'spawning',
  started: 'running',
  permission_requested: 'waiting',
  permission_answered: 'running',
  paused: 'paused',
  resumed: 'running',
  verification_started: 'verifying',
  merge_started: 'merging',
};

const verificationStarted = z.object({
  verification: text,
  tree: text,
  commit: maybe,
  checks: count.max(1000),
});
const checkAnswered = z.object({ verification: text, ordinal: count, outcome: checkOutcomeSchema });
const verificationEnded = z.object({ verification: text, verdict: verdictSchema });
const pauseEnded = z.object({ paused_ms: count });
const permissionAsked = z.object({ request: text });
const permissionAnswered = z.object({ request: text, state: permissionStateSchema });

/** Rebuilds a run from its events, which are in the order of their sequence. */
export function replay(events: readonly ToldEvent[]): Replay {
  const story = new Story();
  for (const event of events) story.take(event);
  return story.rebuilt(events);
}

class Story {
  private run: RunFacts = nothingYet;
  private readonly verifications = new Map<string, VerificationFacts>();
  private readonly permissions = new Map<string, PermissionFacts>();
  private readonly unreadable: string[] = [];

  take(event: ToldEvent): void {
    const { type } = event;
    const telling = tellings[type];
    if (telling !== undefined) {
      this.read(event, telling, (facts) => (this.run = { ...this.run, ...facts }));
    }
    const outcome = runOutcomeSchema.safeParse(type);
    if (outcome.success) {
      this.run = { ...this.run, state: 'ended', outcome: outcome.data };
    } else if (this.run.state !== 'ended') {
      this.run = { ...this.run, state: stateAfter[type] ?? this.run.state };
    }
    this.takeCheck(event);
    if (type === 'resumed')
      this.read(event, pauseEnded, ({ paused_ms: ms }) => {
        this.run = { ...this.run, pausedMs: this.run.pausedMs + ms };
      });
    if (type === 'permission_requested')
      this.read(event, permissionAsked, ({ request: id }) => {
        this.permissions.set(id, { id, state: 'open' });
      });
    if (type === 'permission_answered')
      this.read(event, permissionAnswered, ({ request: id, state }) => {
        this.permissions.set(id, { id, state });
      });
  }

  private takeCheck(event: ToldEvent): void {
    switch (event.type) {
      case 'verification_started':
        this.read(event, verificationStarted, ({ verification: id, tree, commit, checks }) => {
          const open = Array.from({ length: checks }, () => null);
          this.verifications.set(id, { id, tree, commit, verdict: null, checks: open });
        });
        break;
      case 'acceptance_check':
        this.read(event, checkAnswered, ({ verification, ordinal, outcome }) => {
          const checks = this.verifications.get(verification)?.checks;
          if (checks === undefined || ordinal >= checks.length) this.cannotRead(event);
          else checks[ordinal] = outcome;
        });
        break;
      case 'verification_ended':
        this.read(event, verificationEnded, ({ verification, verdict }) => {
          const ended = this.verifications.get(verification);
          if (ended === undefined) {
            this.cannotRead(event);
            return;
          }
          ended.verdict = verdict;
          // What was not answered by then is not answered any more.
          ended.checks = ended.checks.map((outcome) => outcome ?? 'skipped');
        });
        break;
    }
  }

  rebuilt(events: readonly ToldEvent[]): Replay {
    const { run } = this;
    const permissions = [...this.permissions.values()].map((asked): PermissionFacts => {
      const isLeft = asked.state === 'open' && run.state === 'ended';
      return isLeft ? { ...asked, state: 'cancelled' } : asked;
    });
    return {
      run,
      verifications: [...this.verifications.values()],
      permissions,
      gaps: [...sequenceGaps(events), ...this.unreadable],
    };
  }

  private read<T>(event: ToldEvent, schema: z.ZodType<T>, take: (said: T) => void): void {
    const parsed = schema.safeParse(event.payload);
    if (parsed.success) take(parsed.data);
    else this.cannotRead(event);
  }

  private cannotRead({ sequence, type }: ToldEvent): void {
    this.unreadable.push(`Event ${sequence} (${type}) does not say what it should.`);
  }
}

function sequenceGaps(events: readonly ToldEvent[]): string[] {
  if (events.length === 0) return ['The run has told nothing.'];
  let next = 1;
  const gaps: string[] = [];
  for (const { sequence } of events) {
    const missing = sequence - next;
    if (missing === 1) gaps.push(`Event ${next} is missing.`);
    if (missing > 1) gaps.push(`Events ${next} to ${sequence - 1} are missing.`);
    next = sequence + 1;
  }
  return gaps;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys that hold `undefined`. */
function given<T extends object>(facts: T): Given<T> {
  const known: Given<T> = {};
  const entries = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.assign(known, Object.fromEntries(entries));
}
