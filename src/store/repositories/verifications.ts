import { z } from 'zod';
import {
  checkOutcomeSchema,
  verdictSchema,
  type CheckOutcome,
  type Verdict,
} from '../../model/status';
import type { Validator } from '../../model/validator';
import type { GateMode } from '../../model/verdict';
import { command, query } from '../command';
import { flag, maybeText, text } from './columns';
import { insertArtifact, type NewArtifact } from './events';

export interface VerificationStart {
  runId: string | null;
  subtaskId: string | null;
  gateId: string | null;
  acceptanceSpecId: string | null;
  validators: readonly Validator[];
  gateMode: GateMode;
  minScore: number | null;
  tree: 'worktree' | 'merged' | 'workspace';
  commit: string | null;
  dirty: boolean;
}

export interface ResultInput {
  verificationId: string;
  ordinal: number;
  outcome: CheckOutcome;
  score: number | null;
  message: string;
  exitCode: number | null;
  details: Readonly<Record<string, unknown>>;
  durationMs: number;
  /** The output; stored only for a verification of a run. */
  output: NewArtifact | null;
}

const verificationRow = z.object({
  id: text,
  run_id: maybeText,
  subtask_id: maybeText,
  tree: z.enum(['worktree', 'merged', 'workspace']),
  commit_hash: maybeText,
  dirty: flag,
  state: z.enum(['queued', 'running', 'ended']),
  verdict: verdictSchema.nullable(),
  message: maybeText,
  created_at: text,
  ended_at: maybeText,
});
const resultRow = z.object({
  verification_id: text,
  ordinal: z.int(),
  validator_type: text,
  label: text,
  required: flag,
  outcome: checkOutcomeSchema.nullable(),
  message: text,
  exit_code: z.int().nullable(),
  duration_ms: z.int().nullable(),
  artifact_id: maybeText,
});
export interface VerificationRecord {
  verification: z.output<typeof verificationRow>;
  results: z.output<typeof resultRow>[];
}

export const verifications = {
  /** A running verification with one unanswered result for each validator. */
  start: command('verifications.start', (tx, input: VerificationStart): string => {
    const id = tx.newId();
    tx.run(
      `INSERT INTO verifications (id, run_id, subtask_id, gate_id, acceptance_spec_id, validators,
         gate_mode, min_score, tree, commit_hash, dirty, state, requested_by, created_at,
         started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?)`,
      id,
      input.runId,
      input.subtaskId,
      input.gateId,
      input.acceptanceSpecId,
      JSON.stringify(input.validators),
      input.gateMode,
      input.minScore,
      input.tree,
      input.commit,
      input.dirty ? 1 : 0,
      tx.actor,
      tx.now,
      tx.now,
    );
    input.validators.forEach((validator, ordinal) => {
      tx.run(
        `INSERT INTO check_results (id, verification_id, ordinal, validator_type, label, required,
           weight) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        tx.newId(),
        id,
        ordinal,
        validator.type,
        validator.label ?? '',
        validator.required ? 1 : 0,
        validator.weight,
      );
    });
    tx.changed('verification', id);
    return id;
  }),

  addResult: command('verifications.addResult', (tx, input: ResultInput): void => {
    const run = tx.get(
      z.object({ run_id: maybeText }),
      'SELECT run_id FROM verifications WHERE id = ?',
      input.verificationId,
    );
    const runId = run?.run_id ?? null;
    const artifactId =
      input.output === null || runId === null ? null : insertArtifact(tx, runId, input.output);
    tx.run(
      `UPDATE check_results SET outcome = ?, score = ?, message = ?, exit_code = ?, details = ?,
         duration_ms = ?, artifact_id = ? WHERE verification_id = ? AND ordinal = ?
         AND outcome IS NULL`,
      input.outcome,
      input.score,
      input.message,
      input.exitCode,
      JSON.stringify(input.details),
      Math.round(input.durationMs),
      artifactId,
      input.verificationId,
      input.ordinal,
    );
    tx.changed('verification', input.verificationId);
  }),

  end: command(
    'verifications.end',
    (
      tx,
      input: { id: string; verdict: Verdict; score: number | null; message: string | null },
    ): void => {
      tx.run(
        `UPDATE verifications SET state = 'ended', verdict = ?, score = ?, message = ?,
           ended_at = ? WHERE id = ? AND state <> 'ended'`,
        input.verdict,
        input.score,
        input.message,
        tx.now,
        input.id,
      );
      tx.changed('verification', input.id);
    },
  ),

  /** What an engine was verifying when it died proves nothing. */
  interrupt: command('verifications.interrupt', (tx): void => {
    tx.run(
      `UPDATE check_results SET outcome = 'skipped', message = 'The engine ended before this check.'
       WHERE outcome IS NULL`,
    );
    tx.run(
      `UPDATE verifications SET state = 'ended', verdict = 'unverified', ended_at = ?,
         message = 'The engine ended before all checks had run.' WHERE state <> 'ended'`,
      tx.now,
    );
  }),

  ofRun: query('verifications.ofRun', (db, runId: string): VerificationRecord[] => {
    const rows = db.all(
      verificationRow,
      `SELECT ${Object.keys(verificationRow.shape).join(', ')} FROM verifications
       WHERE run_id = ? ORDER BY id`,
      runId,
    );
    const results = db.all(
      resultRow,
      `SELECT ${Object.keys(resultRow.shape).join(', ')} FROM check_results
       WHERE verification_id IN (SELECT id FROM verifications WHERE run_id = ?) ORDER BY ordinal`,
      runId,
    );
    return rows.map((verification) => ({
      verification,
      results: results.filter((result) => result.verification_id === verification.id),
    }));
  }),
};
