import { z } from 'zod';
import {
  checkOutcomeSchema,
  permissionStateSchema,
  runOutcomeSchema,
  runStateSchema,
  verdictSchema,
} from './status';

const maybe = z.string().nullable();
const count = z.int().min(0);

/** What a run's row holds beside its place in the workspace. Times are told by the events alone. */
export const runFactsSchema = z.object({
  state: runStateSchema,
  outcome: runOutcomeSchema.nullable(),
  verdict: verdictSchema.nullable(),
  stopReason: maybe,
  errorCode: maybe,
  error: maybe,
  countsAsAttempt: z.boolean(),
  /** Key of the agent. */
  agent: maybe,
  /** Id of the spec's revision. */
  spec: maybe,
  attempt: count.nullable(),
  because: maybe,
  version: maybe,
  model: maybe,
  session: maybe,
  base: maybe,
  branch: maybe,
  path: maybe,
  head: maybe,
  merge: maybe,
  turns: count,
  tokensIn: count,
  tokensOut: count,
  /** Micro-USD; `null`: the agent did not say. */
  costMicros: count.nullable(),
  pausedMs: count,
});
export type RunFacts = z.output<typeof runFactsSchema>;

export const verificationFactsSchema = z.object({
  id: z.string(),
  tree: z.string(),
  commit: maybe,
  /** `null`: it has not ended. */
  verdict: verdictSchema.nullable(),
  /** In order; `null` for a check that was not answered yet. */
  checks: z.array(checkOutcomeSchema.nullable()),
});
export type VerificationFacts = z.output<typeof verificationFactsSchema>;

export const permissionFactsSchema = z.object({ id: z.string(), state: permissionStateSchema });
export type PermissionFacts = z.output<typeof permissionFactsSchema>;

/** All that is known of a run, whether told by its events or stored in its rows. */
export interface RunRecordFacts {
  run: RunFacts;
  verifications: VerificationFacts[];
  permissions: PermissionFacts[];
}

/** A run of which nothing is known yet. */
export const nothingYet: RunFacts = {
  state: 'queued',
  outcome: null,
  verdict: null,
  stopReason: null,
  errorCode: null,
  error: null,
  countsAsAttempt: true,
  agent: null,
  spec: null,
  attempt: null,
  because: null,
  version: null,
  model: null,
  session: null,
  base: null,
  branch: null,
  path: null,
  head: null,
  merge: null,
  turns: 0,
  tokensIn: 0,
  tokensOut: 0,
  costMicros: null,
  pausedMs: 0,
};

/** Where events and rows say different things. */
export const differenceSchema = z.object({
  /** `run.head`, `verification <id>.verdict`, … */
  what: z.string(),
  told: z.string(),
  stored: z.string(),
});
export type Difference = z.output<typeof differenceSchema>;

/**
 * Where events and rows disagree. Of a run that goes on nothing is compared but whether it does: a
 * row may be a moment ahead of its events.
 */
export function differences(told: RunRecordFacts, stored: RunRecordFacts): Difference[] {
  if (told.run.state !== 'ended' && stored.run.state !== 'ended') return [];
  return [
    ...unequal('run', told.run, stored.run),
    ...eachUnequal('verification', told.verifications, stored.verifications),
    ...eachUnequal('permission', told.permissions, stored.permissions),
  ];
}

function eachUnequal<T extends { id: string }>(
  name: string,
  told: readonly T[],
  stored: readonly T[],
): Difference[] {
  const byId = new Map(stored.map((one) => [one.id, one]));
  const known = new Set(told.map(({ id }) => id));
  return [
    ...told.flatMap((one) => {
      const other = byId.get(one.id);
      const what = `${name} ${one.id}`;
      return other === undefined
        ? [{ what, told: shown(one), stored: 'nothing' }]
        : unequal(what, one, other);
    }),
    ...stored
      .filter(({ id }) => !known.has(id))
      .map((one) => ({ what: `${name} ${one.id}`, told: 'nothing', stored: shown(one) })),
  ];
}

function unequal(what: string, told: object, stored: object): Difference[] {
  const rows = new Map(Object.entries(stored).map(([key, value]) => [key, shown(value)]));
  return Object.entries(told).flatMap(([key, value]) => {
    const is = rows.get(key) ?? 'nothing';
    return shown(value) === is ? [] : [{ what: `${what}.${key}`, told: shown(value), stored: is }];
  });
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
