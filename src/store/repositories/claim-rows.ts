import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { claimDispositionSchema, type ClaimDisposition } from '../../model/status';
import { checkTransition, claimTransitions } from '../../model/transitions';
import type { Transaction } from '../command';
import { text } from './columns';

export interface Disposal {
  to: Exclude<ClaimDisposition, 'open'>;
  reason: string | null;
  /** Required for `confirmed`. */
  verificationId?: string | null;
}

/** Says what became of a claim: once. */
export function disposeClaim(tx: Transaction, claimId: string, disposal: Disposal): void {
  const row = tx.get(
    z.object({ subtask_id: text, disposition: claimDispositionSchema }),
    'SELECT subtask_id, disposition FROM claims WHERE id = ? AND subtask_id IS NOT NULL',
    claimId,
  );
  if (row === null) {
    throw new RunsheetError('not_found', `There is no claim ${claimId}.`, {
      entity: 'claim',
      id: claimId,
    });
  }
  if (!checkTransition('claim', claimTransitions, row.disposition, disposal.to)) return;
  tx.run(
    `UPDATE claims SET disposition = ?, disposed_by = ?, disposed_at = ?, reason = ?,
       verification_id = coalesce(?, verification_id) WHERE id = ?`,
    disposal.to,
    tx.actor,
    tx.now,
    disposal.reason,
    disposal.verificationId ?? null,
    claimId,
  );
  tx.changed('claim', row.subtask_id);
}

/** What becomes of all that is said about a subtask and not judged yet. */
export function disposeOpenClaims(
  tx: Transaction,
  subtaskId: string,
  to: Disposal['to'],
  reason: string | null,
  verificationId: string | null = null,
): void {
  const open = tx.all(
    z.object({ id: text }),
    "SELECT id FROM claims WHERE subtask_id = ? AND disposition = 'open' ORDER BY id",
    subtaskId,
  );
  for (const { id } of open) disposeClaim(tx, id, { to, reason, verificationId });
}

/** What can be said of work without a proof. */
export type ClaimWord = 'done' | 'failed' | 'blocked' | 'skipped' | 'in_progress';

export interface NewClaim {
  workItemId: string;
  says: ClaimWord;
  /** The source's own words, at most 4096 characters. */
  evidence: string | null;
}

/** What an imported file says of a work item. */
export function insertImportedClaim(tx: Transaction, claim: NewClaim): void {
  tx.run(
    `INSERT INTO claims (id, work_item_id, source, says, evidence, source_ref, made_at, made_by)
     VALUES (?, ?, 'import', ?, ?, ?, ?, ?)`,
    tx.newId(),
    claim.workItemId,
    claim.says,
    claim.evidence,
    tx.actor.replace(/^import:/, ''),
    tx.now,
    tx.actor,
  );
  tx.changed('claim', claim.workItemId);
}
