import { z } from 'zod';
import type { FiringState } from '../../model/status';
import { triggerConfigSchema, type FiresOn, type SourceKind } from '../../model/trigger';
import type { Transaction } from '../command';
import { jsonColumn, text } from './columns';
import { journal } from './journal';

/** Something that triggers follow, in the transaction in which it happens: none is ever missed. */
export interface Cause {
  kind: Exclude<SourceKind, 'work_item'>;
  id: string;
  planId: string;
  on: Exclude<FiresOn, 'manual'>;
}

const tables = { plan: 'plans', phase: 'phases', subtask: 'subtasks', gate: 'gates' } as const;

const candidateRow = z.object({
  id: text,
  name: text,
  config: jsonColumn(triggerConfigSchema),
  max_chain: z.int(),
});
const parentRow = z.object({ id: text, chain_id: text, chain_position: z.int() });
type Parent = z.output<typeof parentRow>;

/** Records a firing of each trigger that waits for this. */
export function recordCause(tx: Transaction, cause: Cause): void {
  const candidates = tx.all(
    candidateRow,
    `SELECT id, name, config, max_chain FROM triggers
     WHERE enabled = 1 AND deleted_at IS NULL AND source_kind = ?1 AND fires_on = ?2
       AND (source_ref IS NULL OR source_ref = ?3
         OR source_ref = (SELECT workflow_type FROM plans WHERE id = ?4)) ORDER BY id`,
    cause.kind,
    cause.on,
    cause.id,
    cause.planId,
  );
  if (candidates.length === 0) return;
  const byWord = cause.on === 'on_complete' && isByWord(tx, cause);
  const parent = parentOf(tx, cause);
  const key = `${cause.kind}:${cause.id}:${cause.on}:${versionOf(tx, cause)}`;
  for (const trigger of candidates) {
    if (byWord && trigger.config.accepted !== true) continue;
    insertFiring(tx, trigger, key, parent);
  }
}

/** Tells this time from others at which the same happened to the same. */
function versionOf(tx: Transaction, { kind, id }: Cause): number {
  const row = tx.get(
    z.object({ version: z.int() }),
    `SELECT version FROM ${tables[kind]} WHERE id = ?`,
    id,
  );
  return row?.version ?? 0;
}

/** What a firing has started that makes no execution of its own: the run of a spec. */
export function startedFor(subtaskId: string): string {
  return `subtask:${subtaskId}`;
}

/**
 * The firing that this comes from: the one that asked for the subtask's newest run, or that started
 * the plan the last time.
 */
function parentOf(tx: Transaction, { kind, id, planId }: Cause): Parent | null {
  const asked =
    kind === 'subtask'
      ? tx.get(
          parentRow,
          `SELECT id, chain_id, chain_position FROM trigger_firings
           WHERE started_ref = ?1 AND (SELECT r.started_because = 'route'
               AND r.id > trigger_firings.id FROM runs r WHERE r.subtask_id = ?2
             ORDER BY r.attempt DESC LIMIT 1) ORDER BY id DESC LIMIT 1`,
          startedFor(id),
          id,
        )
      : null;
  if (asked !== null) return asked;
  return tx.get(
    parentRow,
    `SELECT f.id, f.chain_id, f.chain_position FROM plan_executions e
     JOIN trigger_firings f ON f.id = e.trigger_firing_id
     WHERE e.id = (SELECT max(id) FROM plan_executions WHERE plan_id = ?)`,
    planId,
  );
}

/** Whether a person's word, and no proof, closed some of what is complete. */
function isByWord(tx: Transaction, { kind, id }: Cause): boolean {
  const column = { plan: 'plan_id', phase: 'phase_id', subtask: 'id', gate: 'NULL' }[kind];
  const accepted = tx.get(
    z.object({ count: z.int() }),
    `SELECT count(*) AS count FROM subtasks
     WHERE ${column} = ? AND removed_at IS NULL AND proof = 'accepted'`,
    id,
  );
  return accepted !== null && accepted.count > 0;
}

/** @returns the firing's id; `null` when the trigger has fired for this cause before. */
export function insertFiring(
  tx: Transaction,
  trigger: { id: string; name: string; max_chain: number },
  causeKey: string,
  parent: Parent | null,
): string | null {
  const known = tx.get(
    z.object({ id: text }),
    'SELECT id FROM trigger_firings WHERE trigger_id = ? AND cause_key = ?',
    trigger.id,
    causeKey,
  );
  if (known !== null) return null;
  const id = tx.newId();
  const position = (parent?.chain_position ?? 0) + 1;
  const { state, message } = guard(tx, trigger, parent, position);
  tx.run(
    `INSERT INTO trigger_firings (id, trigger_id, cause_key, chain_id, parent_firing_id,
       chain_position, state, message, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    trigger.id,
    causeKey,
    parent?.chain_id ?? id,
    parent?.id ?? null,
    position,
    state,
    message,
    tx.now,
  );
  const changes = { trigger: trigger.name, cause: causeKey, state };
  journal(tx, { entity: 'trigger_firing', id, action: 'fire', changes, reason: message });
  return id;
}

/** A trigger fires once in a chain, and a chain has an end. */
function guard(
  tx: Transaction,
  trigger: { id: string; name: string; max_chain: number },
  parent: Parent | null,
  position: number,
): { state: FiringState; message: string | null } {
  const before =
    parent === null
      ? null
      : tx.get(
          z.object({ id: text }),
          'SELECT id FROM trigger_firings WHERE chain_id = ? AND trigger_id = ?',
          parent.chain_id,
          trigger.id,
        );
  if (before !== null) {
    const message = `${trigger.name} has fired in this chain already.`;
    return { state: 'refused_cycle', message };
  }
  if (position > trigger.max_chain) {
    const message = `The chain would be ${position} long; ${trigger.name} allows ${trigger.max_chain}.`;
    return { state: 'refused_depth', message };
  }
  return { state: 'waiting', message: null };
}
