import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import type { NextRun } from '../../model/next-run';
import { isExhausted, routeFor, type Route } from '../../model/routing';
import type { RejectionResolution, SubtaskStatus } from '../../model/status';
import { subtaskTransitions } from '../../model/transitions';
import { command, query, type Transaction } from '../command';
import { disposeOpenClaims } from './claim-rows';
import { text } from './columns';
import { openEscalation } from './escalation-rows';
import { journal } from './journal';
import { requirePerson, requireReason } from './person';
import { readRejection, readRejections, settleRejection } from './rejection-rows';
import { currentSpecId, readRules, usualRounds } from './routing-rules';
import {
  allowOneMore,
  readSubtask,
  refuseWhileRunning,
  stepSubtask,
  type SubtaskRow,
} from './subtasks';
import { recordCause } from './trigger-causes';

export interface NewRejection {
  subtaskId: string;
  type: string;
  reason: string;
  /** The decision of a gate that it belongs to. */
  gateDecisionId: string | null;
  /** How many attempts the plan allows. */
  attemptLimit: number;
}

export interface RejectionOutcome {
  id: string;
  /** From 1, over the open rejections of the type. */
  round: number;
  /** `same_run`, `agent_spec:<name>`, or the person that it goes to. */
  routedTo: string;
  /** The escalation that this round was too many for. */
  escalationId: string | null;
  status: SubtaskStatus;
}

/** Work is there that can be rejected. */
const rejectable: readonly SubtaskStatus[] = [
  'claimed',
  'in_review',
  'needs_attention',
  'failed',
  'done',
];

function refuseUntouched(tx: Transaction, subtask: SubtaskRow): void {
  const { subtask_key: key, status } = subtask;
  refuseWhileRunning(tx, subtask);
  if (rejectable.includes(status) && subtask.removed_at === null) return;
  throw new RunsheetError(
    'not_ready',
    `There is no work of ${key} that could be rejected: it is ${status.replace('_', ' ')}.`,
    { status, allowed: rejectable },
  );
}

/** Where there is no rule at all, a person takes it. */
function ruleFor(tx: Transaction, planId: string, type: string): Route {
  return (
    routeFor(readRules(tx), planId, type) ?? {
      ...{ planId: null, rejectionType: type, handlerKind: 'person', handler: null },
      ...{ maxRounds: usualRounds(tx), escalateTo: 'person', enabled: true },
    }
  );
}

interface Way {
  routedTo: string;
  /** `null`: a person takes it. */
  nextRun: NextRun | null;
}

function wayOf(tx: Transaction, rule: Route, continues: string | null, guidance: string): Way {
  const base = { because: 'route', continues, closeOut: false, notBefore: null, guidance } as const;
  if (rule.handlerKind === 'same_run')
    return { routedTo: 'same_run', nextRun: { ...base, specId: null } };
  const specId = rule.handler === null ? null : currentSpecId(tx, rule.handler);
  // A handler that was retired since leaves it to a person.
  if (rule.handlerKind === 'person' || specId === null)
    return { routedTo: 'person', nextRun: null };
  return { routedTo: `agent_spec:${rule.handler ?? ''}`, nextRun: { ...base, specId } };
}

/** The newest run of the subtask, and what was verified of it last. */
function lastWork(tx: Transaction, subtaskId: string) {
  const run = tx.get(
    z.object({ id: text }),
    'SELECT id FROM runs WHERE subtask_id = ? ORDER BY attempt DESC LIMIT 1',
    subtaskId,
  );
  const verification = tx.get(
    z.object({ id: text }),
    "SELECT id FROM verifications WHERE subtask_id = ? AND state = 'ended' ORDER BY id DESC LIMIT 1",
    subtaskId,
  );
  return { runId: run?.id ?? null, verificationId: verification?.id ?? null };
}

/** Moves the subtask by allowed steps, or says the new reason where it is there already. */
function send(
  tx: Transaction,
  { id, status }: SubtaskRow,
  to: 'pending' | 'needs_attention',
  words: { reason: string; nextRun: NextRun | null },
): void {
  if (status === to) {
    tx.run(
      'UPDATE subtasks SET status_reason = ?, version = version + 1 WHERE id = ?',
      words.reason.slice(0, 500),
      id,
    );
    tx.changed('subtask', id);
    return;
  }
  if (!subtaskTransitions[status].includes(to)) {
    const via = to === 'pending' ? 'needs_attention' : 'pending';
    stepSubtask(tx, { subtaskId: id, to: via, reason: words.reason });
  }
  stepSubtask(tx, { subtaskId: id, to, ...words });
}

/** What the agent is told: all that is still held against its work, the newest last. */
function guidanceOf(tx: Transaction, { subtaskId, type, reason }: NewRejection): string {
  const held = readRejections(tx, 'subtask_id = ? AND resolved_at IS NULL', subtaskId);
  const told = held.map((row) => ({ type: row.rejection_type, reason: row.reason }));
  return [...told, { type, reason }]
    .map((one) => `Rejected (${one.type}): ${one.reason}`)
    .join('\n');
}

/**
 * A person sends work back. The router says to whom; the round that its rule calls too many asks
 * for a person, and nothing more is dispatched for the subtask until one has settled that. Errors:
 * `forbidden`, `validation`, `not_ready`, `not_found`.
 */
export function rejectSubtask(tx: Transaction, input: NewRejection): RejectionOutcome {
  requirePerson(tx, 'rejects work');
  const reason = requireReason(input.reason, 'reject work');
  const { subtaskId, type } = input;
  const subtask = readSubtask(tx, subtaskId);
  refuseUntouched(tx, subtask);
  const open = readRejections(
    tx,
    'subtask_id = ? AND rejection_type = ? AND resolved_at IS NULL',
    subtaskId,
    type,
  );
  const round = open.length + 1;
  const rule = ruleFor(tx, subtask.plan_id, type);
  const { runId, verificationId } = lastWork(tx, subtaskId);
  const exhausted = isExhausted(round, rule.maxRounds);
  const way = exhausted
    ? { routedTo: rule.escalateTo, nextRun: null }
    : wayOf(tx, rule, runId, guidanceOf(tx, { ...input, reason }).slice(-20_000));
  const id = tx.newId();
  tx.run(
    `INSERT INTO rejections (id, subtask_id, run_id, verification_id, gate_decision_id,
       rejection_type, reason, round, routed_to, created_at, created_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    subtaskId,
    runId,
    verificationId,
    input.gateDecisionId,
    type,
    reason,
    round,
    way.routedTo,
    tx.now,
    tx.actor,
  );
  const changes = { subtask: subtaskId, type, round, routedTo: way.routedTo };
  journal(tx, { entity: 'rejection', id, action: 'reject', changes, reason });
  disposeOpenClaims(tx, subtaskId, 'refuted', reason);
  const words = { reason: `Rejected (${type}): ${reason}`, nextRun: way.nextRun };
  send(tx, subtask, way.nextRun === null ? 'needs_attention' : 'pending', words);
  if (way.nextRun !== null) allowOneMore(tx, subtaskId, input.attemptLimit);
  const escalationId = exhausted
    ? openEscalation(tx, {
        ...{ subtaskId, runId, rejectionId: id, to: rule.escalateTo },
        reasonCode: 'rejections_exhausted',
        detail: `Rejected ${round} times for ${type}: ${reason}`,
      })
    : null;
  recordCause(tx, { kind: 'subtask', id: subtaskId, planId: subtask.plan_id, on: 'on_reject' });
  const { status } = readSubtask(tx, subtaskId);
  return { id, round, routedTo: way.routedTo, escalationId, status };
}

/** Without a rejection that is still open, there is nothing to mend. */
function forgetRework(tx: Transaction, subtaskId: string): void {
  if (readRejections(tx, 'subtask_id = ? AND resolved_at IS NULL', subtaskId).length > 0) return;
  const changed = tx.run(
    `UPDATE subtasks SET next_run = NULL, version = version + 1
     WHERE id = ? AND json_extract(next_run, '$.because') = 'route'`,
    subtaskId,
  );
  if (changed > 0) tx.changed('subtask', subtaskId);
}

export const rejections = {
  reject: command('rejections.reject', (tx, input: NewRejection) => rejectSubtask(tx, input)),

  /** A person takes it back, or passes it over. Errors: `not_ready` when it is settled already. */
  resolve: command(
    'rejections.resolve',
    (
      tx,
      input: { id: string; resolution: Exclude<RejectionResolution, 'fixed'>; reason: string },
    ): void => {
      requirePerson(tx, 'settles a rejection by word');
      const row = readRejection(tx, input.id);
      if (row.resolution !== null) {
        const message = `This rejection is ${row.resolution} already.`;
        throw new RunsheetError('not_ready', message, { resolution: row.resolution });
      }
      settleRejection(tx, row, input.resolution, requireReason(input.reason, 'settle a rejection'));
      forgetRework(tx, row.subtask_id);
    },
  ),

  /** Everything that was ever held against a subtask, the oldest first. */
  ofSubtask: query('rejections.ofSubtask', (db, subtaskId: string) =>
    readRejections(db, 'subtask_id = ?', subtaskId),
  ),
};
