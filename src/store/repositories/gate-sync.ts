import { z } from 'zod';
import type { Validator } from '../../model/validator';
import type { Transaction } from '../command';
import { maybeText, text } from './columns';
import { readGate, stepGate } from './gate-rows';

export interface GateContent {
  key: string;
  title: string;
  kind: 'human' | 'checkpoint';
  trigger: 'after_phase' | 'before_phase' | 'after_subtask' | 'manual';
  phaseKey: string | null;
  subtaskKey: string | null;
  criteria: readonly { text: string; validator: Validator | null }[];
}

/**
 * Gates come from the file, their decisions do not: a gate that stays keeps its state, and a
 * decided one keeps it while the file is without it. A gate that nobody has decided is cancelled
 * when it leaves the file; if it comes back, it begins anew.
 */
export function syncGates(
  tx: Transaction,
  planId: string,
  gates: readonly GateContent[],
  phaseIds: ReadonlyMap<string, string>,
  subtaskIds: ReadonlyMap<string, string>,
): void {
  const rows = tx.all(
    z.object({ id: text, gate_key: text, removed_at: maybeText }),
    `SELECT id, gate_key, removed_at FROM gates WHERE plan_id = ? AND state <> 'cancelled'
     ORDER BY removed_at IS NULL, id`,
    planId,
  );
  const kept = new Set(gates.map(({ key }) => key));
  for (const { id, gate_key: key, removed_at: removed } of rows) {
    if (!kept.has(key) && removed === null) removeGate(tx, id);
  }
  const known = new Map(rows.map((row) => [row.gate_key, row.id]));
  gates.forEach((gate, position) => {
    const id = known.get(gate.key) ?? tx.newId();
    writeGate(tx, planId, id, gate, position, phaseIds, subtaskIds);
    syncCriteria(tx, id, gate.criteria);
    tx.changed('gate', id);
  });
}

function removeGate(tx: Transaction, id: string): void {
  const gate = readGate(tx, id);
  if (gate.state === 'waiting' || gate.state === 'open') stepGate(tx, gate, 'cancelled');
  tx.run('UPDATE gates SET removed_at = ? WHERE id = ?', tx.now, id);
  tx.changed('gate', id);
}

function writeGate(
  tx: Transaction,
  planId: string,
  id: string,
  gate: GateContent,
  position: number,
  phaseIds: ReadonlyMap<string, string>,
  subtaskIds: ReadonlyMap<string, string>,
): void {
  const byPhase = gate.trigger === 'after_phase' || gate.trigger === 'before_phase';
  const bySubtask = gate.trigger === 'after_subtask';
  const phaseId = (byPhase ? phaseIds.get(gate.phaseKey ?? '') : undefined) ?? null;
  const subtaskId = (bySubtask ? subtaskIds.get(gate.subtaskKey ?? '') : undefined) ?? null;
  tx.run(
    `INSERT INTO gates (id, plan_id, gate_key, kind, title, position, trigger_type,
       trigger_phase_id, trigger_subtask_id, updated_at, updated_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, title = excluded.title,
       position = excluded.position, trigger_type = excluded.trigger_type,
       trigger_phase_id = excluded.trigger_phase_id,
       trigger_subtask_id = excluded.trigger_subtask_id, removed_at = NULL,
       version = version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
    id,
    planId,
    gate.key,
    gate.kind,
    gate.title,
    position,
    // A trigger that the plan does not have would never come: a person opens the gate then.
    phaseId === null && subtaskId === null ? 'manual' : gate.trigger,
    phaseId,
    subtaskId,
    tx.now,
    tx.actor,
  );
}

function syncCriteria(tx: Transaction, gateId: string, criteria: GateContent['criteria']): void {
  const known = tx.all(
    z.object({ text, validator: text.nullable() }),
    'SELECT text, validator FROM gate_criteria WHERE gate_id = ? ORDER BY position',
    gateId,
  );
  const wanted = criteria.map((criterion) => ({
    text: criterion.text,
    validator: criterion.validator === null ? null : JSON.stringify(criterion.validator),
  }));
  const same = JSON.stringify(known) === JSON.stringify(wanted);
  if (same) return;
  tx.run('DELETE FROM gate_criteria WHERE gate_id = ?', gateId);
  criteria.forEach((criterion, position) => {
    tx.run(
      `INSERT INTO gate_criteria (id, gate_id, position, text, kind, validator)
       VALUES (?, ?, ?, ?, ?, ?)`,
      tx.newId(),
      gateId,
      position,
      criterion.text,
      criterion.validator === null ? 'manual' : 'check',
      criterion.validator === null ? null : JSON.stringify(criterion.validator),
    );
  });
}
