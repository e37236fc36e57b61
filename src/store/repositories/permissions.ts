import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { command, query } from '../command';
import { jsonColumn, maybeText, text } from './columns';
import { journal } from './journal';

const optionSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['allow_once', 'allow_always', 'reject_once', 'reject_always']),
});
const permissionRow = z.object({
  id: text,
  run_id: text,
  tool_name: maybeText,
  summary: text,
  options: jsonColumn(z.array(optionSchema)),
  created_at: text,
});
export type PermissionRow = z.output<typeof permissionRow>;

const columns = Object.keys(permissionRow.shape).join(', ');

export const permissions = {
  open: command(
    'permissions.open',
    (
      tx,
      input: {
        runId: string;
        toolName: string | null;
        summary: string;
        options: readonly z.output<typeof optionSchema>[];
      },
    ): string => {
      const id = tx.newId();
      tx.run(
        `INSERT INTO permission_requests (id, run_id, tool_name, summary, options, created_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
        id,
        input.runId,
        input.toolName,
        input.summary,
        JSON.stringify(input.options),
        tx.now,
      );
      tx.changed('permission_request', id);
      return id;
    },
  ),

  /** A person's answer. Errors: `not_found` when it is not open any more, `validation`. */
  answer: command('permissions.answer', (tx, input: { id: string; optionId: string }): void => {
    const row = tx.get(
      permissionRow,
      `SELECT ${columns} FROM permission_requests WHERE id = ? AND state = 'open'`,
      input.id,
    );
    if (row === null) {
      throw new RunsheetError('not_found', 'This request was answered already or has expired.', {
        entity: 'permission_request',
        id: input.id,
      });
    }
    if (!row.options.some((option) => option.id === input.optionId)) {
      const known = row.options.map((option) => option.id).join(', ');
      throw new RunsheetError('validation', `The agent offers: ${known}.`, { field: 'optionId' });
    }
    tx.run(
      `UPDATE permission_requests SET state = 'answered', answer = ?, answered_by = ?,
         answered_at = ? WHERE id = ?`,
      input.optionId,
      tx.actor,
      tx.now,
      input.id,
    );
    journal(tx, {
      entity: 'permission_request',
      id: input.id,
      action: 'answer',
      changes: { option: input.optionId },
    });
  }),

  close: command(
    'permissions.close',
    (tx, input: { id: string; state: 'expired' | 'cancelled' }): void => {
      tx.run(
        `UPDATE permission_requests SET state = ? WHERE id = ? AND state = 'open'`,
        input.state,
        input.id,
      );
      tx.changed('permission_request', input.id);
    },
  ),

  allOpen: query('permissions.allOpen', (db) =>
    db.all(
      permissionRow,
      `SELECT ${columns} FROM permission_requests WHERE state = 'open' ORDER BY id`,
    ),
  ),
};
