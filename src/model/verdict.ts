import type { CheckOutcome, Verdict } from './status';

export type GateMode = 'all_pass' | 'any_pass' | 'weighted';

export interface CheckScore {
  outcome: CheckOutcome;
  required: boolean;
  weight: number;
  /** 0 to 1; `null`: 1 when passed, else 0. */
  score: number | null;
  /** Whether a verdict may rest on it alone; an agent's opinion needs something beside it. */
  standsAlone: boolean;
}

export interface Judgement {
  verdict: Verdict;
  /** 0 to 1, weighted; `null` without results. */
  score: number | null;
}

/** 1.4 of 1.1 and 1.4 is 0.56, and less by what is lost in adding and dividing. */
const rounding = 1e-9;

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
      return score !== null && minScore !== null && score >= minScore - rounding;
  }
}

/**
 * Whether what the pass rests on holds a passed check that may stand alone: all results where all
 * must pass, else the required ones, else those that passed.
 */
function isGrounded(results: readonly CheckScore[], mode: GateMode): boolean {
  const required = results.filter((result) => mode === 'all_pass' || result.required);
  const ground = required.length > 0 ? required : results;
  return ground.some((result) => result.standsAlone && result.outcome === 'passed');
}

/**
 * The verdict over check results: passed only when something passed that may stand alone and the
 * mode is satisfied; unverified when nothing ran, or when nothing speaks against it and too little
 * for it.
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
  if (satisfies(results, mode, score, minScore) && isGrounded(results, mode))
    return { verdict: 'passed', score };
  if (has('failed')) return { verdict: has('passed') ? 'partial' : 'failed', score };
  if (has('error')) return { verdict: 'error', score };
  return { verdict: 'unverified', score };
}
