import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { firingStateSchema, type FiringState } from '../../model/status';
import { checkTransition, firingTransitions } from '../../model/transitions';
import type { Transaction } from '../command';
import type { Connection } from '../connection';
import { maybeText, text } from './columns';
import { journal } from './journal';

const firingRow = z.object({
  id: text,
  trigger_id: text,
  cause_key: text,
  chain_id: text,
  parent_firing_id: maybeText,
  chain_position: z.int(),
  state: firingStateSchema,
  started_ref: maybeText,
  message: maybeText,
  created_at: text,
  decided_by: maybeText,
});
export type FiringRow = z.output<typeof firingRow>;

const columns = Object.keys(firingRow.shape)
  .map((name) => `f.${name}`)
  .join(', ');

/** @param rest what follows `FROM trigger_firings f`. */
export function readFirings(
  db: Connection,
  rest: string,
  ...params: readonly (string | number)[]
): FiringRow[] {
  return db.all(firingRow, `SELECT ${columns} FROM trigger_firings f ${rest}`, ...params);
}

export function readFiring(db: Connection, id: string): FiringRow {
  const [row] = readFirings(db, 'WHERE f.id = ?', id);
  if (row !== undefined) return row;
  throw new RunsheetError('not_found', `There is no firing ${id}.`, {
    entity: 'trigger_firing',
    id,
  });
}

export interface FiringEnd {
  /** What it started. */
  started?: string;
  message?: string;
}

/** Moves a firing along its state machine; whoever moves it has decided it. */
export function stepFiring(
  tx: Transaction,
  id: string,
  to: FiringState,
  { started, message }: FiringEnd = {},
): void {
  const row = readFiring(tx, id);
  if (!checkTransition('firing', firingTransitions, row.state, to)) return;
  tx.run(
    `UPDATE trigger_firings SET state = ?, started_ref = ?, message = ?, decided_by = ?
     WHERE id = ?`,
    to,
    started ?? row.started_ref,
    message ?? null,
    tx.actor,
    id,
  );
  const changes = { from: row.state, to, started: started ?? null };
  journal(tx, { entity: 'trigger_firing', id, action: 'state', changes, reason: message ?? null });
}
