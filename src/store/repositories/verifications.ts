import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import {
  checkOutcomeSchema,
  verdictSchema,
  verificationStateSchema,
  type CheckOutcome,
  type Verdict,
  type VerificationState,
} from '../../model/status';
import {
  checkResultTransitions,
  checkTransition,
  verificationTransitions,
} from '../../model/transitions';
import type { Validator } from '../../model/validator';
import type { GateMode } from '../../model/verdict';
import { command, query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { flag, jsonColumn, maybeText, text } from './columns';
import { appendEvents, insertArtifact, ownEvent, type NewArtifact, type NewEvent } from './events';

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
  /** Hash of the files that are judged; two commits with the same one hold the same files. */
  treeHash: string | null;
  dirty: boolean;
  /** For the story of its run; the verification's id is put into it. */
  told?: readonly NewEvent[];
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
  /** For the story of its run. */
  told?: readonly NewEvent[];
}

// What a newer version stored may be of a type that is not known here.
const askedSchema = z.looseObject({ id: z.string(), type: z.string() });
const verificationRow = z.object({
  id: text,
  run_id: maybeText,
  subtask_id: maybeText,
  tree: z.enum(['worktree', 'merged', 'workspace']),
  gate_id: maybeText,
  /** As they were then: the plan may have changed since. */
  validators: jsonColumn(z.array(askedSchema)),
  commit_hash: maybeText,
  tree_hash: maybeText,
  dirty: flag,
  state: verificationStateSchema,
  verdict: verdictSchema.nullable(),
  score: z.number().nullable(),
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
  details: jsonColumn(z.record(z.string(), z.json())),
  duration_ms: z.int().nullable(),
  artifact_id: maybeText,
});
export interface VerificationRecord {
  verification: z.output<typeof verificationRow>;
  results: z.output<typeof resultRow>[];
}

function runOf(tx: Transaction, id: string): string | null {
  const row = z.object({ run_id: maybeText });
  return tx.get(row, 'SELECT run_id FROM verifications WHERE id = ?', id)?.run_id ?? null;
}

interface VerificationEnd {
  verdict: Verdict;
  score: number | null;
  message: string | null;
}

const notProven: VerificationEnd = {
  verdict: 'unverified',
  score: null,
  message: 'It was given up before it began.',
};

/** Moves a verification along its state machine. @returns whether anything changed. */
export function stepVerification(
  tx: Transaction,
  id: string,
  to: VerificationState,
  end: VerificationEnd = notProven,
): boolean {
  const row = tx.get(
    z.object({ state: verificationStateSchema }),
    'SELECT state FROM verifications WHERE id = ?',
    id,
  );
  if (row === null) {
    throw new RunsheetError('not_found', `There is no verification ${id}.`, { id });
  }
  if (!checkTransition('verification', verificationTransitions, row.state, to)) return false;
  if (to === 'ended') {
    tx.run(
      `UPDATE verifications SET state = 'ended', verdict = ?, score = ?, message = ?, ended_at = ?
       WHERE id = ?`,
      end.verdict,
      end.score,
      end.message,
      tx.now,
      id,
    );
  } else tx.run('UPDATE verifications SET state = ?, started_at = ? WHERE id = ?', to, tx.now, id);
  tx.changed('verification', id);
  return true;
}

/** Whether a check's first answer is given now; the same once more is none. */
function mayAnswer(
  tx: Transaction,
  { verificationId, ordinal, outcome }: Pick<ResultInput, 'verificationId' | 'ordinal' | 'outcome'>,
): boolean {
  const row = tx.get(
    z.object({ outcome: checkOutcomeSchema.nullable() }),
    'SELECT outcome FROM check_results WHERE verification_id = ? AND ordinal = ?',
    verificationId,
    ordinal,
  );
  const from = row?.outcome ?? 'unanswered';
  return checkTransition('check result', checkResultTransitions, from, outcome);
}

export const verifications = {
  /** A running verification with one unanswered result for each validator. */
  start: command('verifications.start', (tx, input: VerificationStart): string => {
    const id = tx.newId();
    tx.run(
      `INSERT INTO verifications (id, run_id, subtask_id, gate_id, acceptance_spec_id, validators,
         gate_mode, min_score, tree, commit_hash, tree_hash, dirty, state, requested_by,
         created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
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
      input.treeHash,
      input.dirty ? 1 : 0,
      tx.actor,
      tx.now,
    );
    stepVerification(tx, id, 'running');
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
    if (input.runId !== null) appendEvents(tx, input.runId, input.told ?? [], { verification: id });
    return id;
  }),

  addResult: command('verifications.addResult', (tx, input: ResultInput): void => {
    if (!mayAnswer(tx, input)) return;
    const runId = runOf(tx, input.verificationId);
    const artifactId =
      input.output === null || runId === null ? null : insertArtifact(tx, runId, input.output);
    tx.run(
      `UPDATE check_results SET outcome = ?, score = ?, message = ?, exit_code = ?, details = ?,
         duration_ms = ?, artifact_id = ? WHERE verification_id = ? AND ordinal = ?`,
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
    if (runId !== null) appendEvents(tx, runId, input.told ?? []);
    tx.changed('verification', input.verificationId);
  }),

  end: command(
    'verifications.end',
    (
      tx,
      input: {
        id: string;
        verdict: Verdict;
        score: number | null;
        message: string | null;
        told?: readonly NewEvent[];
      },
    ): void => {
      if (!stepVerification(tx, input.id, 'ended', input)) return;
      const runId = runOf(tx, input.id);
      if (runId !== null) appendEvents(tx, runId, input.told ?? []);
    },
  ),

  /** What an engine was verifying when it died proves nothing. */
  interrupt: command('verifications.interrupt', (tx): void => {
    const message = 'The engine ended before all checks had run.';
    const open = tx.all(
      z.object({ id: text, run_id: text }),
      "SELECT id, run_id FROM verifications WHERE state <> 'ended' AND run_id IS NOT NULL",
    );
    for (const { id: verification, run_id: runId } of open) {
      const told = { verification, verdict: 'unverified', score: null, message };
      appendEvents(tx, runId, [ownEvent(tx, 'verification_ended', told)]);
    }
    tx.run(
      `UPDATE check_results SET outcome = 'skipped', message = 'The engine ended before this check.'
       WHERE outcome IS NULL`,
    );
    tx.run(
      `UPDATE verifications SET state = 'ended', verdict = 'unverified', ended_at = ?,
         message = ? WHERE state <> 'ended'`,
      tx.now,
      message,
    );
  }),

  /** Those that are not over and belong to no run. */
  openAlone: query('verifications.openAlone', (db) =>
    db.all(
      z.object({ subtask_id: maybeText, gate_id: maybeText }),
      "SELECT subtask_id, gate_id FROM verifications WHERE state <> 'ended' AND run_id IS NULL",
    ),
  ),

  ofRun: query('verifications.ofRun', (db, runId: string): VerificationRecord[] =>
    records(db, 'run_id = ?', runId),
  ),

  /** All of a subtask, those of its runs included. */
  ofSubtask: query('verifications.ofSubtask', (db, subtaskId: string): VerificationRecord[] =>
    records(db, 'subtask_id = ?', subtaskId),
  ),

  /** What the proven subtasks of a plan are proven by. */
  proofsOfPlan: query('verifications.proofsOfPlan', (db, planId: string) =>
    db.all(
      proofRow,
      `SELECT s.id AS subtask_id, v.id AS verification_id, v.commit_hash
       FROM subtasks s JOIN verifications v ON v.id = s.proven_verification_id
       WHERE s.plan_id = ? AND s.removed_at IS NULL AND s.proof = 'proven'`,
      planId,
    ),
  ),
};

const proofRow = z.object({ subtask_id: text, verification_id: text, commit_hash: maybeText });

/** Oldest first. `where` is a condition of ours on one value. */
function records(db: Connection, where: string, value: string): VerificationRecord[] {
  const rows = db.all(
    verificationRow,
    `SELECT ${Object.keys(verificationRow.shape).join(', ')} FROM verifications
     WHERE ${where} ORDER BY id`,
    value,
  );
  const results = db.all(
    resultRow,
    `SELECT ${Object.keys(resultRow.shape).join(', ')} FROM check_results
     WHERE verification_id IN (SELECT id FROM verifications WHERE ${where}) ORDER BY ordinal`,
    value,
  );
  return rows.map((verification) => ({
    verification,
    results: results.filter((result) => result.verification_id === verification.id),
  }));
}
