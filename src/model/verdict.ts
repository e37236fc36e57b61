import type { CheckOutcome, Verdict } from './status';

export type GateMode = 'all_pass' | 'any_pass' | 'weighted';

export interface CheckScore {
  outcome: CheckOutcome;
  required: boolean;
  weight: number;
  /** 0 to 1; `null`: 1 when passed, else 0. */
  score: number | null;
}

export interface Judgement {
  verdict: Verdict;
  /** 0 to 1, weighted; `null` without results. */
  score: number | null;
}

function scoreOf(result: CheckScore): number {
  if (result.outcome === 'error' || result.outcome === 'skipped') return 0;
  return result.score ?? (result.outcome === 'passed' ? 1 : 0);
}

function weightedScore(results: readonly CheckScore[]): number | null {
  const total = results.reduce((sum, result) => sum + result.weight, 0);
  if (total === 0) return null;
  return results.reduce((sum, result) => sum + result.weight * scoreOf(result), 0) / total;
}

function satisfies(
  results: readonly CheckScore[],
  mode: GateMode,
  score: number | null,
  minScore: number | null,
): boolean {
  if (results.some((result) => result.required && result.outcome !== 'passed')) return false;
  switch (mode) {
    case 'all_pass':
      return results.every((result) => result.outcome === 'passed');
    case 'any_pass':
      return results.some((result) => result.outcome === 'passed');
    case 'weighted':
      return score !== null && minScore !== null && score >= minScore;
  }
}

/**
 * The verdict over check results: passed only when something ran and the mode is satisfied;
 * unverified when nothing ran at all.
 */
export function judge(
  results: readonly CheckScore[],
  mode: GateMode,
  minScore: number | null,
): Judgement {
  const score = weightedScore(results);
  const has = (outcome: CheckOutcome) => results.some((result) => result.outcome === outcome);
  if (results.every((result) => result.outcome === 'skipped'))
    return { verdict: 'unverified', score };
  if (satisfies(results, mode, score, minScore)) return { verdict: 'passed', score };
  if (has('failed')) return { verdict: has('passed') ? 'partial' : 'failed', score };
  if (has('error')) return { verdict: 'error', score };
  return { verdict: 'unverified', score };
}
