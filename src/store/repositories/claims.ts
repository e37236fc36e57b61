import { command, query } from '../command';
import { z } from 'zod';
import { disposeOpenClaims } from './claim-rows';
import { text } from './columns';
import { stepSubtask } from './subtasks';

export const claims = {
  /** An agent says that a subtask is done; kept as its word, whatever becomes of it. */
  byAgent: command(
    'claims.byAgent',
    (tx, input: { subtaskId: string; runId: string; evidence: string }): void => {
      tx.run(
        `INSERT INTO claims (id, subtask_id, run_id, source, says, evidence, made_at, made_by)
         VALUES (?, ?, ?, 'agent', 'done', ?, ?, ?)`,
        tx.newId(),
        input.subtaskId,
        input.runId,
        input.evidence.slice(0, 4096),
        tx.now,
        `run:${input.runId}`,
      );
      tx.changed('claim', input.subtaskId);
    },
  ),

  /** A verification of what a file claims: proven, or refuted and shown to a person. */
  verified: command(
    'claims.verified',
    (
      tx,
      input: { subtaskId: string; verificationId: string; passed: boolean; message: string },
    ): void => {
      const { subtaskId, verificationId, passed, message } = input;
      const disposition = passed ? 'confirmed' : 'refuted';
      disposeOpenClaims(tx, subtaskId, disposition, message, verificationId);
      if (passed)
        stepSubtask(tx, { subtaskId, to: 'done', proof: { kind: 'proven', verificationId } });
      else stepSubtask(tx, { subtaskId, to: 'needs_attention', reason: message });
    },
  ),

  openOf: query('claims.openOf', (db, planId: string) =>
    db.all(
      z.object({ subtask_id: text, says: text }),
      `SELECT c.subtask_id, c.says FROM claims c JOIN subtasks s ON s.id = c.subtask_id
       WHERE s.plan_id = ? AND c.disposition = 'open'`,
      planId,
    ),
  ),
};
