import { z } from 'zod';

/** What is wrong with rejected work: an open word; those below are known everywhere. */
export const rejectionTypeSchema = z
  .string()
  .max(50)
  .regex(/^[a-z][a-z_]*$/, 'a type is a word of lower-case letters and underscores');
export const knownRejectionTypes = ['style', 'mechanics', 'clarity', 'scope', 'other'] as const;

/** The type of a rule for all that no other rule names. */
export const anyRejection = '_default';

export const handlerKindSchema = z.enum(['same_run', 'agent_spec', 'person']);
export type HandlerKind = z.infer<typeof handlerKindSchema>;

/** A rule of the router: what becomes of work that was rejected for this reason. */
export interface Route {
  /** `null`: for every plan. */
  planId: string | null;
  rejectionType: string;
  handlerKind: HandlerKind;
  /** The name of an agent spec, for `agent_spec` alone. */
  handler: string | null;
  /** This many open rejections of a type on one item are too many. */
  maxRounds: number;
  /** `person`, or `person:<name>`. */
  escalateTo: string;
  enabled: boolean;
}

/**
 * The rule for a rejection: the plan's own for the type, then the plan's for all types, then those
 * of every plan in the same order. Rules that are switched off are passed over.
 */
export function routeFor<R extends Route>(
  rules: readonly R[],
  planId: string,
  type: string,
): R | null {
  const enabled = rules.filter((rule) => rule.enabled);
  for (const plan of [planId, null]) {
    for (const wanted of [type, anyRejection]) {
      const found = enabled.find((rule) => rule.planId === plan && rule.rejectionType === wanted);
      if (found !== undefined) return found;
    }
  }
  return null;
}

/** Whether the round, counted from 1 over open rejections, is one too many. */
export function isExhausted(round: number, maxRounds: number): boolean {
  return round >= maxRounds;
}
