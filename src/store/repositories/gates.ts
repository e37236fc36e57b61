import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import type { GateDecision, GateState } from '../../model/status';
import { command, query, type Transaction } from '../command';
import { placeholders, text } from './columns';
import { settlePlan } from './executions';
import {
  criteriaOf,
  decisionsOf,
  readGate,
  readGatesOfPlan,
  stepGate,
  type CriterionRow,
  type GateRow,
} from './gate-rows';
import { journal } from './journal';
import { requirePerson, requireReason } from './person';
import { stepPlan } from './plans';
import { rejectSubtask, type NewRejection } from './rejections';

export interface GateDecisionInput {
  gateId: string;
  decision: GateDecision;
  reason: string | null;
  /** The round that the person saw; `null`: whichever it is. */
  round?: number | null;
  /** What a rejection is about. */
  rejected?: readonly Pick<NewRejection, 'subtaskId' | 'type' | 'attemptLimit'>[];
  /** Ids of the subtasks behind the gate: it is not reopened while they run. */
  blocked?: readonly string[];
}

const stateAfter: Record<GateDecision, GateState> = {
  approve: 'approved',
  reject: 'rejected',
  override: 'overridden',
  reopen: 'open',
};

/** Approving is the person's word that what only a person can judge is met. */
function judgeCriteria(tx: Transaction, gate: GateRow, decision: GateDecision): void {
  if (decision !== 'approve' && decision !== 'override') return;
  tx.run(
    `UPDATE gate_criteria SET state = ?, checked_by = ?, checked_at = ?, version = version + 1
     WHERE gate_id = ? AND state <> 'met' AND (kind = 'manual' OR ? = 'override')`,
    decision === 'approve' ? 'met' : 'waived',
    tx.actor,
    tx.now,
    gate.id,
    decision,
  );
  const unmet = criteriaOf(tx, gate.id).filter(({ state }) => state !== 'met');
  if (decision === 'override' || unmet.length === 0) return;
  const names = unmet.map((row) => row.text).join('; ');
  throw new RunsheetError(
    'validation',
    `Not every check of the gate is met: ${names}. Override it with a reason, or reject it.`,
    { field: 'criteria' },
  );
}

function refuseOtherRound(gate: GateRow, round: number | null): void {
  if (round === null || round === gate.round) return;
  throw new RunsheetError(
    'version_conflict',
    `The gate ${gate.title} is in round ${gate.round} by now. Look at it again.`,
    { expected: round, current: gate.round },
  );
}

function notDecided(gate: GateRow): RunsheetError {
  return new RunsheetError(
    'invalid_transition',
    `The gate ${gate.title} waits for its turn: there is no decision to take back.`,
    { entity: 'gate', from: gate.state, to: 'open', allowed: [] },
  );
}

/** What goes on behind a gate cannot be called back by closing it. */
function refuseWhileRunning(tx: Transaction, gate: GateRow, blocked: readonly string[]): void {
  const running = tx.all(
    z.object({ subtask_key: text }),
    `SELECT s.subtask_key FROM runs r JOIN subtasks s ON s.id = r.subtask_id
     WHERE r.state <> 'ended' AND s.id IN (${placeholders(blocked)}) ORDER BY s.position`,
    ...blocked,
  );
  if (running.length === 0) return;
  const keys = running.map((row) => row.subtask_key);
  throw new RunsheetError(
    'not_ready',
    `Behind the gate ${gate.title} runs are going on: ${keys.join(', ')}. Stop them first.`,
    { running: keys },
  );
}

function insertDecision(
  tx: Transaction,
  gate: GateRow,
  input: GateDecisionInput,
  criteria: readonly CriterionRow[],
): string {
  const id = tx.newId();
  tx.run(
    `INSERT INTO gate_decisions (id, gate_id, round, decision, reason, criteria, decided_by,
       decided_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    gate.id,
    gate.round,
    input.decision,
    input.reason,
    JSON.stringify(criteria.map(({ text: words, state }) => ({ text: words, state }))),
    tx.actor,
    tx.now,
  );
  const changes = { decision: input.decision, round: gate.round };
  const { id: gateId } = gate;
  journal(tx, { entity: 'gate', id: gateId, action: 'decide', changes, reason: input.reason });
  return id;
}

/** With its last gate a plan may come to its end, and a reopened gate takes that back. */
function followPlan(tx: Transaction, gate: GateRow, decision: GateDecision): void {
  const plan = tx.get(
    z.object({ state: text, live: z.int() }),
    `SELECT state, (SELECT count(*) FROM plan_executions e WHERE e.plan_id = p.id
       AND e.ended_at IS NULL) AS live FROM plans p WHERE id = ?`,
    gate.plan_id,
  );
  if (decision === 'reopen' && plan?.state === 'completed') stepPlan(tx, gate.plan_id, 'active');
  const passes = decision === 'approve' || decision === 'override';
  // A live execution settles the plan with its own end.
  if (passes && plan?.state === 'active' && plan.live === 0) settlePlan(tx, gate.plan_id);
}

export const gates = {
  /** Its turn has come: a person (or its checks) decides now. */
  open: command('gates.open', (tx, id: string): boolean => stepGate(tx, readGate(tx, id), 'open')),

  /** A person says that the turn of a gate has come that nothing else opens. */
  openByHand: command('gates.openByHand', (tx, id: string): GateRow => {
    requirePerson(tx, 'opens a gate by hand');
    const gate = readGate(tx, id);
    if (gate.trigger_type !== 'manual') {
      throw new RunsheetError(
        'validation',
        `The gate ${gate.title} opens by itself when what it waits for is done.`,
        { field: 'gateId' },
      );
    }
    if (gate.state !== 'waiting' && gate.state !== 'open') {
      throw new RunsheetError(
        'invalid_transition',
        `The gate ${gate.title} is ${gate.state}. Reopen it with a reason.`,
        { entity: 'gate', from: gate.state, to: 'open', allowed: [] },
      );
    }
    stepGate(tx, gate, 'open');
    return readGate(tx, id);
  }),

  /** What opened it was undone. */
  close: command('gates.close', (tx, id: string): boolean =>
    stepGate(tx, readGate(tx, id), 'waiting'),
  ),

  /** A checkpoint whose criteria are all checks, and all met, needs no person. */
  pass: command('gates.pass', (tx, id: string): boolean => {
    const gate = readGate(tx, id);
    const met = gate.criteria.every(({ kind, state }) => kind === 'check' && state === 'met');
    const automatic = gate.kind === 'checkpoint' && gate.criteria.length > 0 && met;
    return automatic && stepGate(tx, gate, 'approved');
  }),

  markCriterion: command(
    'gates.markCriterion',
    (tx, input: { id: string; gateId: string; met: boolean; verificationId: string }): void => {
      tx.run(
        `UPDATE gate_criteria SET state = ?, verification_id = ?, checked_by = ?, checked_at = ?,
           version = version + 1 WHERE id = ?`,
        input.met ? 'met' : 'unmet',
        input.verificationId,
        tx.actor,
        tx.now,
        input.id,
      );
      tx.changed('gate', input.gateId);
    },
  ),

  /**
   * A person's decision. A rejection sends back the subtasks that it names. Errors: `forbidden`,
   * `validation`, `version_conflict` for another round, `not_ready`, `invalid_transition`.
   */
  decide: command('gates.decide', (tx, input: GateDecisionInput): GateRow => {
    requirePerson(tx, 'decides a gate');
    const { decision } = input;
    if (decision !== 'approve') requireReason(input.reason, `${decision} a gate`);
    const gate = readGate(tx, input.gateId);
    refuseOtherRound(gate, input.round ?? null);
    const to = stateAfter[decision];
    if (gate.state === to) return gate;
    // Its turn comes by itself, or by the hand that opens it: not by taking back a decision.
    if (decision === 'reopen' && gate.state === 'waiting') throw notDecided(gate);
    if (decision === 'reopen') refuseWhileRunning(tx, gate, input.blocked ?? []);
    judgeCriteria(tx, gate, decision);
    // An override keeps what was not met as it was found.
    const found = decision === 'override' ? gate.criteria : criteriaOf(tx, gate.id);
    stepGate(tx, gate, to);
    const decisionId = insertDecision(tx, gate, input, found);
    for (const one of decision === 'reject' ? (input.rejected ?? []) : []) {
      const reason = (input.reason ?? '').trim();
      rejectSubtask(tx, { ...one, reason, gateDecisionId: decisionId });
    }
    followPlan(tx, gate, decision);
    return readGate(tx, gate.id);
  }),

  ofPlan: query('gates.ofPlan', readGatesOfPlan),

  byId: query('gates.byId', readGate),

  decisions: query('gates.decisions', decisionsOf),
};
