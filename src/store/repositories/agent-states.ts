import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { command, query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { maybeText, text } from './columns';
import { journal } from './journal';

/** Launches that fail in a row until an agent counts as broken. */
export const launchFailuresUntilBroken = 3;

export const agentStateSchema = z.enum(['ok', 'paused', 'broken']);

const agentStateRow = z.object({
  agent_key: text,
  state: agentStateSchema,
  reason: maybeText,
  /** Troubles in a row, of its provider or at its launch; until it works again. */
  failures: z.int(),
  /** How many of them, the last ones, were launches. */
  launch_failures: z.int(),
  /** When it may be tried again; `null`: when a person says so. */
  retry_at: maybeText,
  version: z.int(),
  updated_at: text,
});
/** How an agent behaves; one without a row has given no trouble. */
export type AgentStateRow = z.output<typeof agentStateRow>;

type Values = Pick<AgentStateRow, 'state' | 'reason' | 'failures' | 'launch_failures' | 'retry_at'>;

const columns = Object.keys(agentStateRow.shape).join(', ');
const fresh: Values = {
  state: 'ok',
  reason: null,
  failures: 0,
  launch_failures: 0,
  retry_at: null,
};

function find(db: Connection, agentKey: string): AgentStateRow | null {
  return db.get(agentStateRow, `SELECT ${columns} FROM agent_states WHERE agent_key = ?`, agentKey);
}

function write(tx: Transaction, agentKey: string, action: string, values: Values): void {
  tx.run(
    `INSERT INTO agent_states (agent_key, state, reason, failures, launch_failures, retry_at,
       updated_at, updated_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
     ON CONFLICT (agent_key) DO UPDATE SET state = ?2, reason = ?3, failures = ?4,
       launch_failures = ?5, retry_at = ?6, version = version + 1, updated_at = ?7,
       updated_by = ?8`,
    agentKey,
    values.state,
    values.reason,
    values.failures,
    values.launch_failures,
    values.retry_at,
    tx.now,
    tx.actor,
  );
  const { state, failures, retry_at: retryAt } = values;
  const changes = { state, failures, retryAt };
  journal(tx, { entity: 'agent_state', id: agentKey, action, changes, reason: values.reason });
}

/** Later than the other; `null`, a person's word, is later than any time. */
function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return null;
  return one > other ? one : other;
}

export const agentStates = {
  /**
   * Its provider gave trouble: it takes no work until `retryAt`. Several runs may tell of the same
   * trouble: it counts once, and the latest time holds. A broken agent stays broken.
   */
  pause: command(
    'agentStates.pause',
    (tx, input: { agentKey: string; reason: string; retryAt: string | null }): void => {
      const { agentKey, reason, retryAt } = input;
      const before = find(tx, agentKey) ?? fresh;
      if (before.state === 'broken') return;
      const again = before.state === 'paused';
      write(tx, agentKey, 'pause', {
        state: 'paused',
        reason,
        failures: before.failures + (again ? 0 : 1),
        // It could be started, after all.
        launch_failures: 0,
        retry_at: again ? later(before.retry_at, retryAt) : retryAt,
      });
    },
  ),

  /** It could not be started. The third time in a row breaks it, until a person has looked. */
  failed: command('agentStates.failed', (tx, input: { agentKey: string; reason: string }): void => {
    const { agentKey, reason } = input;
    const before = find(tx, agentKey) ?? fresh;
    const launches = before.launch_failures + 1;
    const isBroken = launches >= launchFailuresUntilBroken;
    write(tx, agentKey, isBroken ? 'break' : 'fail', {
      state: isBroken ? 'broken' : before.state,
      reason,
      failures: before.failures + 1,
      launch_failures: launches,
      retry_at: isBroken ? null : before.retry_at,
    });
  }),

  /**
   * It has worked: earlier troubles are forgotten. A pause stays: what was under way when it began
   * may still end well.
   */
  succeeded: command('agentStates.succeeded', (tx, { agentKey }: { agentKey: string }): void => {
    const before = find(tx, agentKey);
    if (before === null || before.state === 'paused' || before.failures === 0) return;
    write(tx, agentKey, 'succeed', fresh);
  }),

  /**
   * It may take work again; its failures are kept until it has worked, so that one run can try it
   * first. Anyone may say so when the pause is over, only a person before that or when it is
   * broken. Errors: `not_ready`.
   */
  resume: command('agentStates.resume', (tx, { agentKey }: { agentKey: string }): void => {
    const before = find(tx, agentKey);
    if (before === null || before.state === 'ok') return;
    const isOver = before.retry_at !== null && before.retry_at <= tx.now;
    if (!isOver && !tx.actor.startsWith('person:')) {
      const when =
        before.retry_at === null ? 'until a person resumes it' : `until ${before.retry_at}`;
      throw new RunsheetError('not_ready', `${agentKey} takes no work ${when}.`, {
        agentKey,
        retryAt: before.retry_at,
      });
    }
    write(tx, agentKey, 'resume', { ...before, state: 'ok', retry_at: null });
  }),

  list: query('agentStates.list', (db) =>
    db.all(agentStateRow, `SELECT ${columns} FROM agent_states ORDER BY agent_key`),
  ),
};
