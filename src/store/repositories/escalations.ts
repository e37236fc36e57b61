import { z } from 'zod';
import type { NextRun } from '../../model/next-run';
import { command, query, type Transaction } from '../command';
import { text } from './columns';
import {
  isOpen,
  openEscalation,
  readEscalation,
  readEscalations,
  resolveEscalation,
  resolveEscalationsOf,
  stepEscalation,
  type EscalationRow,
} from './escalation-rows';
import { requirePerson, requireReason } from './person';
import { readRejections } from './rejection-rows';
import { allowOneMore, decideNextRun, readSubtask, stepSubtask } from './subtasks';

/** A new try hears what was decided, and what is still held against the work. */
function nextTry(tx: Transaction, row: EscalationRow, words: string): NextRun {
  const held = readRejections(tx, 'subtask_id = ? AND resolved_at IS NULL', row.subtask_id);
  const told = held.map(({ rejection_type: type, reason }) => `Rejected (${type}): ${reason}`);
  return {
    ...{ because: 'route', specId: null, closeOut: false, notBefore: null },
    continues: row.rejection_id === null ? null : row.run_id,
    guidance: [...told, `Decided: ${words}`].join('\n').slice(-20_000),
  };
}

export const escalations = {
  /** A person asks another one: the item waits until it is settled. */
  byHand: command(
    'escalations.byHand',
    (tx, input: { subtaskId: string; detail: string; to: string }): string => {
      requirePerson(tx, 'escalates work');
      const detail = requireReason(input.detail, 'escalate work');
      const { status } = readSubtask(tx, input.subtaskId);
      // What goes on or is closed stays as it is.
      if (status === 'pending' || status === 'claimed')
        stepSubtask(tx, { subtaskId: input.subtaskId, to: 'needs_attention', reason: detail });
      return openEscalation(tx, { ...input, detail, runId: null, reasonCode: 'manual' });
    },
  ),

  acknowledge: command('escalations.acknowledge', (tx, id: string): EscalationRow => {
    requirePerson(tx, 'acknowledges an escalation');
    stepEscalation(tx, id, 'acknowledged');
    return readEscalation(tx, id);
  }),

  /**
   * Settles it with a person's words; with `again` the item is pending once more, has room for an
   * attempt, and all else that was asked about it is settled by the same words. Errors: `forbidden`, `validation`, `invalid_transition`, `not_found`.
   */
  resolve: command(
    'escalations.resolve',
    (
      tx,
      input: { id: string; resolution: string; again: boolean; attemptLimit: number | null },
    ): EscalationRow => {
      requirePerson(tx, 'resolves an escalation');
      const words = requireReason(input.resolution, 'resolve an escalation');
      const row = readEscalation(tx, input.id);
      resolveEscalation(tx, row, words);
      if (input.again && row.status !== 'resolved') {
        resolveEscalationsOf(tx, row.subtask_id, words);
        decideNextRun(tx, row.subtask_id, nextTry(tx, row, words));
        allowOneMore(tx, row.subtask_id, input.attemptLimit);
      }
      return readEscalation(tx, input.id);
    },
  ),

  /** It was raised for nothing, or does not matter any more. */
  cancel: command(
    'escalations.cancel',
    (tx, input: { id: string; reason: string }): EscalationRow => {
      requirePerson(tx, 'cancels an escalation');
      stepEscalation(
        tx,
        input.id,
        'cancelled',
        requireReason(input.reason, 'cancel an escalation'),
      );
      return readEscalation(tx, input.id);
    },
  ),

  /** Ids of the subtasks of a plan for which nothing may be dispatched. */
  openOfPlan: query('escalations.openOfPlan', (db, planId: string): string[] =>
    db
      .all(
        z.object({ subtask_id: text }),
        `SELECT DISTINCT e.subtask_id FROM escalations e JOIN subtasks s ON s.id = e.subtask_id
         WHERE s.plan_id = ? AND e.${isOpen}`,
        planId,
      )
      .map((row) => row.subtask_id),
  ),

  allOpen: query('escalations.allOpen', (db) => readEscalations(db, isOpen)),

  byId: query('escalations.byId', readEscalation),

  /** Everything that was ever escalated, the newest first. */
  recent: query('escalations.recent', (db, limit: number) =>
    readEscalations(db, '1 = 1').toReversed().slice(0, limit),
  ),
};
