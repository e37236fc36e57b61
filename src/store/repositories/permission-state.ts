import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { permissionStateSchema, type PermissionState } from '../../model/status';
import { checkTransition, permissionTransitions } from '../../model/transitions';
import type { Transaction } from '../command';

/**
 * Moves a permission request along its state machine; `answer`: the chosen option's id, with
 * `answered`. @returns whether anything changed.
 */
export function stepPermission(
  tx: Transaction,
  id: string,
  to: PermissionState,
  answer: string | null = null,
): boolean {
  const row = tx.get(
    z.object({ state: permissionStateSchema }),
    'SELECT state FROM permission_requests WHERE id = ?',
    id,
  );
  if (row === null) {
    throw new RunsheetError('not_found', `There is no permission request ${id}.`, {
      entity: 'permission_request',
      id,
    });
  }
  if (!checkTransition('permission request', permissionTransitions, row.state, to)) return false;
  const isAnswer = to === 'answered';
  tx.run(
    `UPDATE permission_requests SET state = ?, answer = ?, answered_by = ?, answered_at = ?
     WHERE id = ?`,
    to,
    isAnswer ? answer : null,
    isAnswer ? tx.actor : null,
    isAnswer ? tx.now : null,
    id,
  );
  tx.changed('permission_request', id);
  return true;
}
