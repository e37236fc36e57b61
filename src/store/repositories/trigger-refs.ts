import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import type { SourceKind, TriggerDefinition } from '../../model/trigger';
import type { Connection } from '../connection';
import { text } from './columns';
import { currentSpecId } from './routing-rules';
import { referenceIn } from './plan-reference';

// What people write in triggers, and what is stored: paths and keys become ids.

const tables = {
  phase: { name: 'phases', key: 'phase_key' },
  subtask: { name: 'subtasks', key: 'subtask_key' },
  gate: { name: 'gates', key: 'gate_key' },
} as const;

function missing(kind: string, ref: string): RunsheetError {
  return new RunsheetError('not_found', `There is no ${kind} ${ref}.`, { entity: kind, id: ref });
}

function idIn(db: Connection, sql: string, ...params: string[]): string | null {
  return db.get(z.object({ id: text }), sql, ...params)?.id ?? null;
}

function planId(db: Connection, ref: string): string | null {
  return idIn(
    db,
    `SELECT id FROM plans p WHERE (id = ?1 OR ${referenceIn('p')} = ?1) AND archived_at IS NULL`,
    ref,
  );
}

/** The id of a phase, subtask or gate, written as such or as `<path>#<key>`. */
export function partId(db: Connection, kind: keyof typeof tables, ref: string): string {
  const { name, key } = tables[kind];
  const at = ref.indexOf('#');
  const plan = at < 0 ? null : planId(db, ref.slice(0, at));
  const id =
    plan === null
      ? idIn(db, `SELECT id FROM ${name} WHERE id = ? AND removed_at IS NULL`, ref)
      : idIn(
          db,
          `SELECT id FROM ${name} WHERE plan_id = ? AND ${key} = ? AND removed_at IS NULL`,
          plan,
          ref.slice(at + 1),
        );
  if (id !== null) return id;
  throw missing(kind, ref);
}

const workflowWord = /^[a-z][a-z0-9_-]{0,99}$/i;

/** What is stored of a source: an id, or a workflow type for every plan of that type. */
export function sourceRef(db: Connection, kind: SourceKind, ref: string | null): string | null {
  if (ref === null) return null;
  const plan = planId(db, ref);
  if (kind === 'plan' && plan !== null) return plan;
  const isWord = workflowWord.test(ref);
  if (isWord && idIn(db, 'SELECT id FROM plans WHERE workflow_type = ?', ref) !== null) return ref;
  if (kind === 'plan' || kind === 'work_item') {
    // A type may be named before the first plan has it.
    if (kind === 'plan' && isWord) return ref;
    throw missing(kind, ref);
  }
  return partId(db, kind, ref);
}

/** What is stored of a target. @throws RunsheetError `not_found`. */
export function targetRef(db: Connection, trigger: TriggerDefinition): string | null {
  const { action, target } = trigger;
  if (target === null) return null;
  if (action === 'start_subtask') return partId(db, 'subtask', target);
  const id = action === 'run_spec' ? currentSpecId(db, target) : planId(db, target);
  if (id === null) throw missing(action === 'run_spec' ? 'agent spec' : 'plan', target);
  // A spec is used in the revision that it has by then.
  return action === 'run_spec' ? target : id;
}

/** The plans in which something makes the source fire. */
export function plansOf(db: Connection, kind: SourceKind, ref: string | null): string[] {
  const rows = (sql: string, ...params: string[]) =>
    db.all(z.object({ id: text }), sql, ...params).map(({ id }) => id);
  if (ref === null) return rows('SELECT id FROM plans WHERE archived_at IS NULL');
  const typed = rows('SELECT id FROM plans WHERE id = ?1 OR workflow_type = ?1', ref);
  if (typed.length > 0 || kind === 'plan' || kind === 'work_item') return typed;
  return rows(`SELECT plan_id AS id FROM ${tables[kind].name} WHERE id = ?`, ref);
}
