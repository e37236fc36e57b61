import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { permissionStateSchema } from '../../model/status';
import { maskSecrets } from '../../platform/masking';
import { command, query, type Transaction } from '../command';
import { jsonColumn, maybeText, text } from './columns';
import { appendEvents, ownEvent, type NewEvent } from './events';
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

function openRequest(tx: Transaction, id: string): PermissionRow | null {
  return tx.get(
    permissionRow,
    `SELECT ${columns} FROM permission_requests WHERE id = ? AND state = 'open'`,
    id,
  );
}

function tellAnswer(
  tx: Transaction,
  { id, run_id: runId }: PermissionRow,
  answer: { state: string; option: string | null; answer: string; kind: string | null },
): void {
  appendEvents(tx, runId, [ownEvent(tx, 'permission_answered', { request: id, ...answer })]);
}

/** A name as an agent gives it could be anything. */
function short(name: string): string {
  return maskSecrets(name).slice(0, 200);
}

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
        told: readonly NewEvent[];
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
      appendEvents(tx, input.runId, input.told, { request: id });
      return id;
    },
  ),

  /** A person's answer. Errors: `not_found` when it is not open any more, `validation`. */
  answer: command('permissions.answer', (tx, input: { id: string; optionId: string }): void => {
    const row = openRequest(tx, input.id);
    if (row === null) {
      throw new RunsheetError('not_found', 'This request was answered already or has expired.', {
        entity: 'permission_request',
        id: input.id,
      });
    }
    const chosen = row.options.find((option) => option.id === input.optionId);
    if (chosen === undefined) {
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
    const { id: option, name, kind } = chosen;
    const answer = { state: 'answered', option: short(option), answer: short(name), kind };
    tellAnswer(tx, row, answer);
    journal(tx, {
      entity: 'permission_request',
      id: input.id,
      action: 'answer',
      changes: { option: input.optionId },
    });
  }),

  close: command(
    'permissions.close',
    (tx, { id, state }: { id: string; state: 'expired' | 'cancelled' }): void => {
      const row = openRequest(tx, id);
      if (row === null) return;
      tx.run('UPDATE permission_requests SET state = ? WHERE id = ?', state, id);
      tx.changed('permission_request', id);
      const answer = state === 'expired' ? 'nobody answered in time' : 'the run went on without';
      tellAnswer(tx, row, { state, option: null, answer, kind: null });
    },
  ),

  /** How each question of a run stands, in the order in which they were asked. */
  ofRun: query('permissions.ofRun', (db, runId: string) =>
    db.all(
      z.object({ id: text, state: permissionStateSchema }),
      'SELECT id, state FROM permission_requests WHERE run_id = ? ORDER BY id',
      runId,
    ),
  ),

  allOpen: query('permissions.allOpen', (db) =>
    db.all(
      permissionRow,
      `SELECT ${columns} FROM permission_requests WHERE state = 'open' ORDER BY id`,
    ),
  ),
};
