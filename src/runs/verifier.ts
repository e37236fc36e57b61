import type { CheckContext, CheckResult, CheckRunner } from '../checks/check';
import { judge, type GateMode } from '../model/verdict';
import type { Verdict } from '../model/status';
import type { Validator } from '../model/validator';
import { verifications, type VerificationStart } from '../store/repositories/verifications';
import type { Store } from '../store/store';
import type { Recorder } from './recorder';

export interface VerificationRequest {
  runId: string | null;
  subtaskId: string | null;
  gateId: string | null;
  acceptanceSpecId: string | null;
  validators: readonly Validator[];
  gateMode: GateMode;
  minScore: number | null;
  tree: VerificationStart['tree'];
  commit: string;
  dirty: boolean;
}

export interface VerificationResult {
  id: string;
  verdict: Verdict;
  /** One sentence: what failed, or that all passed. */
  message: string;
  results: { validator: Validator; result: CheckResult }[];
}

/** Runs checks on a tree and records each with its evidence. */
export class Verifier {
  constructor(
    private readonly store: Store,
    private readonly checks: CheckRunner,
    private readonly recorder: Recorder,
  ) {}

  async verify(
    request: VerificationRequest,
    context: CheckContext,
    actor: string,
  ): Promise<VerificationResult> {
    const id = await this.store.command(verifications.start, request, { actor });
    const results: VerificationResult['results'] = [];
    for (const [ordinal, validator] of request.validators.entries()) {
      const result = context.signal.aborted ? stopped : await this.checks.run(validator, context);
      results.push({ validator, result });
      await this.record(id, ordinal, validator, result, request.runId);
    }
    const scores = results.map(({ validator, result }) => ({
      outcome: result.outcome,
      required: validator.required,
      weight: validator.weight,
      score: result.score,
    }));
    const judged = judge(scores, request.gateMode, request.minScore);
    // A pass is a pass of a commit: of changed files nobody could say later what was proven.
    const verdict = judged.verdict === 'passed' && request.dirty ? 'unverified' : judged.verdict;
    const message = request.dirty
      ? 'The tree had changes that belong to no commit.'
      : describe(verdict, results);
    await this.store.command(
      verifications.end,
      { id, verdict, score: judged.score, message },
      { actor },
    );
    return { id, verdict, message, results };
  }

  private async record(
    verificationId: string,
    ordinal: number,
    validator: Validator,
    result: CheckResult,
    runId: string | null,
  ): Promise<void> {
    const output =
      result.output === '' ? null : await this.recorder.artifact('test_result', result.output);
    const { outcome, score, message, exitCode, details, durationMs } = result;
    await this.store.command(
      verifications.addResult,
      { verificationId, ordinal, outcome, score, message, exitCode, details, durationMs, output },
      { actor: 'engine' },
    );
    if (runId === null) return;
    const check = validator.label ?? validator.type;
    await this.recorder.event(
      runId,
      'acceptance_check',
      { check, outcome, message, exitCode, durationMs },
      { actor: 'engine' },
    );
  }
}

const stopped: CheckResult = {
  outcome: 'skipped',
  score: null,
  message: 'The run was stopped before this check.',
  exitCode: null,
  output: '',
  details: {},
  durationMs: 0,
};

function describe(verdict: Verdict, results: VerificationResult['results']): string {
  if (verdict === 'passed') {
    return results.length === 1 ? 'Its check passed.' : `All ${results.length} checks passed.`;
  }
  if (results.length === 0) return 'It has no checks, so nothing could prove it.';
  const open = results.filter(({ result }) => result.outcome !== 'passed');
  return open
    .map(({ result }) => result.message)
    .join(' ')
    .slice(0, 500);
}
