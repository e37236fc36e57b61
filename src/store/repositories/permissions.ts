import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { permissionStateSchema } from '../../model/status';
import { maskSecrets } from '../../model/secrets';
import { command, query, type Transaction } from '../command';
import { jsonColumn, maybeText, text } from './columns';
import { appendEvents, ownEvent, type NewEvent } from './events';
import { journal } from './journal';
import { stepPermission } from './permission-state';
import { goOn, standStill } from './run-time';

const optionSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['allow_once', 'allow_always', 'reject_once', 'reject_always']),
});
const callSchema = z.object({
  tool: z.string().nullable(),
  kind: z.string(),
  /** As the agent writes them. */
  locations: z.array(z.string()),
  /** The beginning of it, as text; `null`: the agent does not tell. */
  input: z.string().nullable(),
});
export type AskedCall = z.output<typeof callSchema>;

const permissionRow = z.object({
  id: text,
  run_id: text,
  tool_name: maybeText,
  summary: text,
  options: jsonColumn(z.array(optionSchema)),
  call: jsonColumn(callSchema).nullable(),
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
  answer: {
    state: string;
    option: string | null;
    answer: string;
    kind: string | null;
    by: string | null;
  },
): void {
  appendEvents(tx, runId, [ownEvent(tx, 'permission_answered', { request: id, ...answer })]);
}

/** A name as an agent gives it could be anything. */
function short(name: string): string {
  return maskSecrets(name).slice(0, 200);
}

/** What an agent asks. */
export interface NewRequest {
  runId: string;
  toolName: string | null;
  summary: string;
  options: readonly z.output<typeof optionSchema>[];
  call: AskedCall;
  told: readonly NewEvent[];
}

function insertRequest(tx: Transaction, input: NewRequest): string {
  const id = tx.newId();
  tx.run(
    `INSERT INTO permission_requests (id, run_id, tool_name, summary, options, call, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    id,
    input.runId,
    input.toolName,
    input.summary,
    JSON.stringify(input.options),
    JSON.stringify(input.call),
    tx.now,
  );
  tx.changed('permission_request', id);
  appendEvents(tx, input.runId, input.told, { request: id });
  return id;
}

function answerRequest(tx: Transaction, row: PermissionRow, optionId: string): void {
  const chosen = row.options.find((option) => option.id === optionId);
  if (chosen === undefined) {
    const known = row.options.map((option) => option.id).join(', ');
    throw new RunsheetError('validation', `The agent offers: ${known}.`, { field: 'optionId' });
  }
  stepPermission(tx, row.id, 'answered', optionId);
  const { id: option, name, kind } = chosen;
  const answer = { state: 'answered', option: short(option), answer: short(name), kind };
  tellAnswer(tx, row, { ...answer, by: tx.actor });
}

function closeRequest(tx: Transaction, row: PermissionRow, state: 'expired' | 'cancelled'): void {
  stepPermission(tx, row.id, state);
  const answer = state === 'expired' ? 'nobody answered in time' : 'the run went on without';
  tellAnswer(tx, row, { state, option: null, answer, kind: null, by: null });
}

/** A run waits as long as it has an open question, unless it stands still or ends anyway. */
function settleRun(tx: Transaction, runId: string): void {
  const open = tx.get(
    z.object({ n: z.int() }),
    `SELECT count(*) AS n FROM permission_requests WHERE run_id = ? AND state = 'open'`,
    runId,
  );
  const [from, to] = open?.n === 0 ? ['waiting', 'running'] : ['running', 'waiting'];
  const changed = tx.get(
    z.object({ id: text }),
    'SELECT id FROM runs WHERE id = ? AND state = ?',
    runId,
    from,
  );
  if (changed === null) return;
  tx.run(
    'UPDATE runs SET state = ?, version = version + 1, updated_at = ?, updated_by = ? WHERE id = ?',
    to,
    tx.now,
    tx.actor,
    runId,
  );
  if (to === 'waiting') standStill(tx, runId);
  else goOn(tx, runId);
  tx.changed('run', runId);
}

export const permissions = {
  /** Returns the question's id; its run waits from now on. */
  open: command('permissions.open', (tx, input: NewRequest): string => {
    const id = insertRequest(tx, input);
    settleRun(tx, input.runId);
    return id;
  }),

  /** A question that the run's policy has answered: nobody is asked. `null`: no such option. */
  decide: command(
    'permissions.decide',
    (tx, input: NewRequest & { optionId: string | null }): void => {
      const row = openRequest(tx, insertRequest(tx, input));
      if (row === null) return;
      if (input.optionId === null) closeRequest(tx, row, 'cancelled');
      else answerRequest(tx, row, input.optionId);
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
    answerRequest(tx, row, input.optionId);
    settleRun(tx, row.run_id);
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
      closeRequest(tx, row, state);
      settleRun(tx, row.run_id);
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
