import type { CheckContext, CheckResult, CheckRunner, Confirmation, Judges } from '../checks/check';
import { judge, type GateMode } from '../model/verdict';
import type { Verdict } from '../model/status';
import { standsAlone, type Validator } from '../model/validator';
import { confirmations } from '../store/repositories/confirmations';
import { verifications, type VerificationStart } from '../store/repositories/verifications';
import type { NewEvent } from '../store/repositories/events';
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
  /** Hash of the judged files. */
  treeHash: string | null;
  /** The same of the work before it was merged: what a person said of it holds for the merge. */
  workTree?: string | null;
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
    private readonly reviewer: Pick<Judges, 'review'>,
  ) {}

  /** Once the context's signal has come, the checks that are left have no result. */
  async verify(
    request: VerificationRequest,
    context: CheckContext,
    actor: string,
  ): Promise<VerificationResult> {
    const id = await this.start(request, actor);
    const results = await this.runAll(id, request, context);
    const scores = results.map(({ validator, result }) => ({
      outcome: result.outcome,
      required: validator.required,
      weight: validator.weight,
      score: result.score,
      standsAlone: standsAlone(validator),
    }));
    const judged = judge(scores, request.gateMode, request.minScore);
    // A pass is a pass of a commit: of changed files nobody could say later what was proven.
    const verdict = judged.verdict === 'passed' && request.dirty ? 'unverified' : judged.verdict;
    const message = request.dirty
      ? 'The tree had changes that belong to no commit.'
      : describe(verdict, results, standardOf(request, judged.score));
    const end = { verdict, score: judged.score, message };
    const told = await this.told(request.runId, 'verification_ended', { verification: id, ...end });
    await this.store.command(verifications.end, { id, ...end, told }, { actor });
    return { id, verdict, message, results };
  }

  private async runAll(
    id: string,
    request: VerificationRequest,
    context: CheckContext,
  ): Promise<VerificationResult['results']> {
    const judges: Judges = {
      review: (config, about) => this.reviewer.review(config, about),
      confirmation: (instruction) => this.confirmation(request, instruction),
    };
    const found = new Map<number, CheckResult>();
    for (const ordinal of inOrder(request.validators)) {
      const validator = request.validators[ordinal];
      if (validator === undefined) continue;
      const { signal, pause } = context;
      await pause.whenGoing(signal);
      const result = signal.aborted ? stopped : await this.checks.run(validator, context, judges);
      found.set(ordinal, result);
      await this.record(id, ordinal, validator, result, request.runId);
    }
    return request.validators.map((validator, ordinal) => {
      return { validator, result: found.get(ordinal) ?? stopped };
    });
  }

  private async confirmation(
    { subtaskId, treeHash, workTree = null }: VerificationRequest,
    instruction: string,
  ): Promise<Confirmation | null> {
    const trees = [treeHash, workTree].filter((tree) => tree !== null);
    if (subtaskId === null || trees.length === 0) return null;
    const input = { subtaskId, instruction, trees };
    const word = await this.store.query(confirmations.newest, input);
    if (word === null) return null;
    const { holds, note, confirmed_by: by, confirmed_at: at } = word;
    return { holds, note: note ?? '', by, at };
  }

  private async start(request: VerificationRequest, actor: string): Promise<string> {
    const { runId, tree, commit, treeHash, validators } = request;
    const payload = { tree, commit, treeHash, checks: validators.length };
    const told = await this.told(runId, 'verification_started', payload);
    return this.store.command(verifications.start, { ...request, told }, { actor });
  }

  /** For the story of the run that is verified, if it is one. */
  private async told(
    runId: string | null,
    type: string,
    payload: Readonly<Record<string, unknown>>,
  ): Promise<NewEvent[]> {
    return runId === null ? [] : this.recorder.told(runId, type, payload, { actor: 'engine' });
  }

  private async record(
    verificationId: string,
    ordinal: number,
    validator: Validator,
    result: CheckResult,
    runId: string | null,
  ): Promise<void> {
    // Without a run no row would name it; the end of it is among the details.
    const isKept = result.output !== '' && runId !== null;
    const output = isKept ? await this.recorder.artifact('test_result', result.output) : null;
    const { outcome, score, message, exitCode, details, durationMs } = result;
    const told = await this.told(runId, 'acceptance_check', {
      ...{ verification: verificationId, ordinal, check: validator.label ?? validator.type },
      ...{ outcome, message, exitCode, durationMs },
    });
    const evidence = { outcome, score, message, exitCode, details, durationMs, output };
    await this.store.command(
      verifications.addResult,
      { verificationId, ordinal, ...evidence, told },
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

/** Reviews last: whatever a reviewer does to the tree, the other checks have judged it before. */
function inOrder(validators: readonly Validator[]): number[] {
  const isReview = (ordinal: number) => validators[ordinal]?.type === 'agent_review';
  const all = [...validators.keys()];
  return [...all.filter((one) => !isReview(one)), ...all.filter(isReview)];
}

function describe(
  verdict: Verdict,
  results: VerificationResult['results'],
  standard: string | null,
): string {
  const sentence = describeResults(verdict, results);
  return standard === null ? sentence : `${standard} ${sentence}`.trim().slice(0, 500);
}

/** What a score was measured by. */
function standardOf(
  { gateMode, minScore }: VerificationRequest,
  score: number | null,
): string | null {
  if (gateMode !== 'weighted' || minScore === null || score === null) return null;
  return `Score ${rounded(score)}, needed ${rounded(minScore)}.`;
}

function rounded(score: number): string {
  return String(Math.round(score * 1000) / 1000);
}

function describeResults(verdict: Verdict, results: VerificationResult['results']): string {
  if (verdict === 'passed') {
    const passed = results.filter(({ result }) => result.outcome === 'passed').length;
    if (passed < results.length) return `${passed} of ${results.length} checks passed.`;
    return passed === 1 ? 'Its check passed.' : `All ${passed} checks passed.`;
  }
  if (results.length === 0) return 'It has no checks, so nothing could prove it.';
  const open = results.filter(({ result }) => result.outcome !== 'passed');
  if (open.length === 0)
    return 'Only another agent has judged it. Add a check that is run, or say "alone" in the review.';
  return open
    .map(({ result }) => result.message)
    .join(' ')
    .slice(0, 500);
}
