import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { triggerCycles, type TriggerEdge } from '../../model/trigger-graph';
import {
  firesOnSchema,
  refusalOf,
  sourceKindSchema,
  triggerActionSchema,
  triggerConfigSchema,
  type TriggerDefinition,
} from '../../model/trigger';
import { command, query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { flag, jsonColumn, maybeText, text } from './columns';
import { readFiring, readFirings, stepFiring, type FiringRow } from './firing-rows';
import { journal } from './journal';
import { requirePerson } from './person';
import { insertFiring, startedFor } from './trigger-causes';
import { partId, plansOf, sourceRef, targetRef } from './trigger-refs';
import { currentSpecId } from './routing-rules';
import { allowOneMore, decideNextRun } from './subtasks';

const triggerRow = z.object({
  id: text,
  name: text,
  source_kind: sourceKindSchema,
  source_ref: maybeText,
  fires_on: firesOnSchema,
  action: triggerActionSchema,
  target_ref: maybeText,
  config: jsonColumn(triggerConfigSchema),
  needs_confirmation: flag,
  max_chain: z.int(),
  enabled: flag,
  version: z.int(),
});
export type TriggerRow = z.output<typeof triggerRow>;
/** A firing beside its trigger. */
export interface TriggerFiring {
  firing: FiringRow;
  trigger: TriggerRow;
}

const columns = Object.keys(triggerRow.shape).join(', ');
const isLive = 'deleted_at IS NULL';

function readTriggers(db: Connection, where: string, ...params: readonly string[]): TriggerRow[] {
  return db.all(
    triggerRow,
    `SELECT ${columns} FROM triggers WHERE ${where} ORDER BY name`,
    ...params,
  );
}

function byName(db: Connection, name: string): TriggerRow {
  const [row] = readTriggers(db, `${isLive} AND name = ?`, name);
  if (row !== undefined) return row;
  throw new RunsheetError('not_found', `There is no trigger ${name}.`, {
    entity: 'trigger',
    id: name,
  });
}

function withTriggers(db: Connection, firings: readonly FiringRow[]): TriggerFiring[] {
  return firings.flatMap((firing) => {
    const [trigger] = readTriggers(db, 'id = ?', firing.trigger_id);
    return trigger === undefined ? [] : [{ firing, trigger }];
  });
}

/** Ways that lead back to where they began; those that only a person takes do not count. */
function warningsFor(db: Connection, name: string): string[] {
  const edges = readTriggers(db, `${isLive} AND enabled = 1 AND fires_on <> 'manual'`).flatMap(
    (row): TriggerEdge[] => {
      const to = targetPlan(db, row);
      return to === null
        ? []
        : [{ name: row.name, from: plansOf(db, row.source_kind, row.source_ref), to }];
    },
  );
  return triggerCycles(edges)
    .filter((names) => names.includes(name))
    .map(
      (names) =>
        `${names.join(', ')} can start each other for ever; a chain is cut when it comes round.`,
    );
}

function targetPlan(db: Connection, row: TriggerRow): string | null {
  if (row.action === 'start_plan') return row.target_ref;
  const subtask = row.action === 'start_subtask' ? row.target_ref : (row.config.subtask ?? null);
  if (row.action === 'notify' || subtask === null) return null;
  return plansOf(db, 'subtask', subtask)[0] ?? null;
}

function writeTrigger(tx: Transaction, definition: TriggerDefinition): string {
  const { name, source, config } = definition;
  const [known] = readTriggers(tx, `${isLive} AND name = ?`, name);
  const id = known?.id ?? tx.newId();
  const subtask = config.subtask;
  const stored =
    subtask === undefined ? config : { ...config, subtask: partId(tx, 'subtask', subtask) };
  tx.run(
    `INSERT INTO triggers (id, name, source_kind, source_ref, fires_on, action, target_ref, config,
       needs_confirmation, max_chain, enabled, created_at, created_by, updated_at, updated_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET source_kind = excluded.source_kind,
       source_ref = excluded.source_ref, fires_on = excluded.fires_on, action = excluded.action,
       target_ref = excluded.target_ref, config = excluded.config,
       needs_confirmation = excluded.needs_confirmation, max_chain = excluded.max_chain,
       enabled = excluded.enabled, version = version + 1, updated_at = excluded.updated_at,
       updated_by = excluded.updated_by`,
    id,
    name,
    source.kind,
    sourceRef(tx, source.kind, source.ref),
    definition.fires_on,
    definition.action,
    targetRef(tx, definition),
    JSON.stringify(stored),
    definition.needs_confirmation ? 1 : 0,
    definition.max_chain,
    definition.enabled ? 1 : 0,
    tx.now,
    tx.actor,
    tx.now,
    tx.actor,
  );
  journal(tx, { entity: 'trigger', id, action: 'set', changes: { ...definition } });
  return id;
}

export const triggers = {
  /**
   * Saves a trigger under its name; a cycle is a warning, because a person may want it. Errors:
   * `forbidden`, `validation` for what could never fire or act, `not_found`.
   */
  set: command(
    'triggers.set',
    (tx, definition: TriggerDefinition): { trigger: TriggerRow; warnings: string[] } => {
      requirePerson(tx, 'sets triggers');
      const refusal = refusalOf(definition);
      if (refusal !== null) throw new RunsheetError('validation', refusal, { field: 'trigger' });
      writeTrigger(tx, definition);
      const trigger = byName(tx, definition.name);
      return { trigger, warnings: warningsFor(tx, trigger.name) };
    },
  ),

  /** Its firings stay; those that wait are declined. */
  delete: command('triggers.delete', (tx, name: string): void => {
    requirePerson(tx, 'deletes triggers');
    const { id } = byName(tx, name);
    for (const firing of readFirings(tx, "WHERE f.trigger_id = ? AND f.state = 'waiting'", id)) {
      stepFiring(tx, firing.id, 'declined', { message: 'The trigger was deleted.' });
    }
    tx.run(
      `UPDATE triggers SET deleted_at = ?, version = version + 1, updated_at = ?, updated_by = ?
       WHERE id = ?`,
      tx.now,
      tx.now,
      tx.actor,
      id,
    );
    journal(tx, { entity: 'trigger', id, action: 'delete' });
  }),

  /** A person lets a trigger fire now; returns the firing's id. Errors: `not_ready`. */
  fire: command('triggers.fire', (tx, name: string): string => {
    requirePerson(tx, 'fires triggers');
    const trigger = byName(tx, name);
    if (!trigger.enabled) {
      throw new RunsheetError('not_ready', `The trigger ${name} is switched off.`, { name });
    }
    const firing = insertFiring(tx, trigger, `manual:${tx.newId()}`, null);
    if (firing === null) throw new Error('a new cause is known already');
    return firing;
  }),

  /** Says how a firing ended that starts no execution of its own. */
  endFiring: command(
    'triggers.endFiring',
    (
      tx,
      input: { id: string; to: 'fired' | 'declined' | 'failed'; message: string | null },
    ): void => {
      if (input.to === 'declined') requirePerson(tx, 'declines what a trigger would start');
      stepFiring(tx, input.id, input.to, input.message === null ? {} : { message: input.message });
    },
  ),

  /** It could not start what it should, for a reason that a person can mend. */
  hold: command('triggers.hold', (tx, input: { id: string; message: string }): void => {
    const { state } = readFiring(tx, input.id);
    if (state !== 'waiting') return;
    tx.run('UPDATE trigger_firings SET message = ? WHERE id = ?', input.message, input.id);
    const { id, message } = input;
    journal(tx, { entity: 'trigger_firing', id, action: 'hold', reason: message });
  }),

  /**
   * Makes the spec's current revision the next run of a subtask, and says in the firing for which
   * one, so that what becomes of it belongs to the chain. Attempts are limited unless a person asks.
   * Errors: `not_found`, `invalid_transition`.
   */
  prepareSpec: command(
    'triggers.prepareSpec',
    (
      tx,
      input: { firingId: string; subtaskId: string; spec: string; attemptLimit: number },
    ): void => {
      const { firingId, subtaskId, spec } = input;
      const specId = currentSpecId(tx, spec);
      if (specId === null) {
        throw new RunsheetError('not_found', `There is no agent spec ${spec} any more.`, {
          entity: 'agent_spec',
          id: spec,
        });
      }
      const [one] = withTriggers(tx, [readFiring(tx, firingId)]);
      decideNextRun(tx, subtaskId, {
        ...{ because: 'route', continues: null, closeOut: false, notBefore: null, specId },
        guidance: `The trigger ${one?.trigger.name ?? ''} asked for this.`,
      });
      if (tx.actor.startsWith('person:')) allowOneMore(tx, subtaskId, input.attemptLimit);
      tx.run(
        'UPDATE trigger_firings SET started_ref = ? WHERE id = ?',
        startedFor(subtaskId),
        firingId,
      );
    },
  ),

  /** What came from somebody else starts nothing by itself here. */
  askAlways: command('triggers.askAlways', (tx): void => {
    for (const { id } of readTriggers(tx, `${isLive} AND needs_confirmation = 0`)) {
      tx.run('UPDATE triggers SET needs_confirmation = 1, version = version + 1 WHERE id = ?', id);
      journal(tx, { entity: 'trigger', id, action: 'ask always' });
    }
  }),

  all: query('triggers.all', (db) => readTriggers(db, isLive)),

  /** What may start without a person's word: not tried yet. */
  due: query('triggers.due', (db): TriggerFiring[] =>
    withTriggers(
      db,
      readFirings(
        db,
        `JOIN triggers t ON t.id = f.trigger_id WHERE f.state = 'waiting' AND f.message IS NULL
           AND t.needs_confirmation = 0 AND t.enabled = 1 AND f.cause_key NOT LIKE 'manual:%'
         ORDER BY f.id`,
      ),
    ),
  ),

  /** What a person let fire and an engine that died did not start. */
  left: query('triggers.left', (db): FiringRow[] =>
    readFirings(
      db,
      "WHERE f.state = 'waiting' AND f.message IS NULL AND f.cause_key LIKE 'manual:%'",
    ),
  ),

  /** What waits for a person's word. */
  waiting: query('triggers.waiting', (db): TriggerFiring[] =>
    withTriggers(
      db,
      readFirings(
        db,
        `JOIN triggers t ON t.id = f.trigger_id WHERE f.state = 'waiting'
           AND (f.message IS NOT NULL OR (f.cause_key NOT LIKE 'manual:%'
             AND (t.needs_confirmation = 1 OR t.enabled = 0))) ORDER BY f.id`,
      ),
    ),
  ),

  firing: query('triggers.firing', (db, id: string): TriggerFiring => {
    const [found] = withTriggers(db, [readFiring(db, id)]);
    if (found !== undefined) return found;
    throw new RunsheetError('not_found', `There is no firing ${id}.`, { id });
  }),

  recentFirings: query('triggers.recentFirings', (db, limit: number): TriggerFiring[] =>
    withTriggers(db, readFirings(db, 'ORDER BY f.id DESC LIMIT ?', limit)),
  ),
};
