import type { Fact, Facts, PlanReading } from '../model/plan';

/** Kinds that say no more than that a file is nothing, or a plan that could not be read. */
const nameless: ReadonlySet<string> = new Set(['plan', 'none', 'other', 'feature_list']);

/**
 * What a file is that belongs to a format and holds no plan, `session report`, with what its facts
 * say in short, `36 of 52 tasks claimed`. `null`: it holds a plan, or was to be one and is broken.
 */
export function noPlanWords({
  kind,
  plans,
  problems,
  facts,
}: Pick<PlanReading, 'kind' | 'facts'> & {
  plans: readonly unknown[];
  problems: readonly { severity: string }[];
}): { what: string; says: string } | null {
  if (plans.length > 0 || nameless.has(kind)) return null;
  if (problems.some(({ severity }) => severity === 'error')) return null;
  const { title, status, claimed } = facts;
  const parts = [
    ...(isText(title) ? [`"${title}"`] : []),
    ...(isText(status) ? [status] : []),
    ...claimedWords(claimed),
  ];
  return { what: kind.replaceAll(/[_-]+/g, ' '), says: parts.join(' · ') };
}

/** In one sentence, for people. */
export function noPlanSentence(reading: PlanReading, formatTitle: string): string | null {
  const words = noPlanWords(reading);
  if (words === null) return null;
  const { what, says } = words;
  const name = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  return `${name} of the ${formatTitle} format, no plan in it${says === '' ? '' : `: ${says}`}.`;
}

function isText(fact: Facts[string] | undefined): fact is string {
  return typeof fact === 'string' && fact.trim() !== '' && fact.length <= 200;
}

/** How many of how many tasks are said to be done. */
function claimedWords(fact: Fact | undefined): string[] {
  if (!isPair(fact)) return [];
  const [done, total] = fact;
  return [`${String(done)} of ${String(total)} tasks claimed`];
}

function isPair(fact: Fact | undefined): fact is readonly [number, number] {
  return Array.isArray(fact) && fact.length === 2 && fact.every((one) => typeof one === 'number');
}
