import { z } from 'zod';
import type { KeyOrigin } from '../../model/plan';
import type { SubtaskStatus } from '../../model/status';
import type { Transaction } from '../command';
import { disposeOpenClaims } from './claim-rows';
import { text } from './columns';
import { syncDependencies, type DependencyContent } from './dependency-sync';
import { rollUpPhase } from './phases';
import { readSubtasksOfPlan, stepSubtask, type SubtaskRow } from './subtasks';
import { syncGates, type GateContent } from './gate-sync';

export interface PhaseContent {
  key: string;
  title: string;
  parallelSafe: boolean | null;
  checkpoint: string | null;
  dependsOn: readonly DependencyContent[];
}

export interface SubtaskContent {
  key: string;
  keyOrigin: KeyOrigin;
  /** Normalised title and its ordinal among equal titles. */
  fingerprint: string;
  phaseKey: string | null;
  title: string;
  detail: string;
  /** What the file says, in our words. */
  status: SubtaskStatus;
  fileStatus: string | null;
  optional: boolean;
  /** Whether the file leaves it out. */
  leftOut: boolean;
  files: readonly string[];
  labels: readonly string[];
  verification: readonly string[];
  line: number;
  dependsOn: readonly DependencyContent[];
}

/** A plan file's content as the database keeps it. Arrays are in the file's order. */
export interface PlanContent {
  path: string;
  /** Tells the plans of one file apart; empty for the only one. */
  name: string;
  title: string;
  format: string;
  sourceHash: string;
  phases: readonly PhaseContent[];
  subtasks: readonly SubtaskContent[];
  gates: readonly GateContent[];
}

export function syncContent(tx: Transaction, planId: string, content: PlanContent): void {
  const phaseIds = syncPhases(tx, planId, content.phases);
  const subtaskIds = syncSubtasks(tx, planId, content.subtasks, phaseIds);
  syncDependencies(tx, planId, content, { phaseIds, subtaskIds });
  syncGates(tx, planId, content.gates, phaseIds, subtaskIds);
  for (const phaseId of phaseIds.values()) rollUpPhase(tx, phaseId);
}

function syncPhases(
  tx: Transaction,
  planId: string,
  phases: readonly PhaseContent[],
): Map<string, string> {
  const known = new Map(
    tx
      .all(
        z.object({ id: text, phase_key: text }),
        'SELECT id, phase_key FROM phases WHERE plan_id = ? ORDER BY removed_at IS NULL',
        planId,
      )
      .map((row) => [row.phase_key, row.id]),
  );
  tx.run(
    'UPDATE phases SET removed_at = ? WHERE plan_id = ? AND removed_at IS NULL',
    tx.now,
    planId,
  );
  const ids = new Map<string, string>();
  phases.forEach((phase, position) => {
    const id = known.get(phase.key) ?? tx.newId();
    ids.set(phase.key, id);
    const parallelSafe = phase.parallelSafe === null ? null : Number(phase.parallelSafe);
    tx.run(
      `INSERT INTO phases (id, plan_id, phase_key, title, position, parallel_safe, checkpoint,
         updated_at, updated_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET title = excluded.title, position = excluded.position,
         parallel_safe = excluded.parallel_safe, checkpoint = excluded.checkpoint,
         removed_at = NULL, version = version + 1, updated_at = excluded.updated_at,
         updated_by = excluded.updated_by`,
      id,
      planId,
      phase.key,
      phase.title,
      position,
      parallelSafe,
      phase.checkpoint,
      tx.now,
      tx.actor,
    );
  });
  return ids;
}

/**
 * Pairs the file's subtasks with known rows: by key, then by fingerprint among the rows whose key
 * the file does not use any more (a renamed id keeps its history). A key that is a place moves on
 * when something is put in front of it, so there the fingerprint goes first.
 */
function pairRows(
  subtasks: readonly SubtaskContent[],
  rows: readonly SubtaskRow[],
): Map<SubtaskContent, SubtaskRow> {
  // A removed row is only second choice beside a live one of the same key.
  const ordered = [...rows].sort(
    (a, b) => Number(a.removed_at === null) - Number(b.removed_at === null),
  );
  const pairs = new Map<SubtaskContent, SubtaskRow>();
  const taken = new Set<SubtaskRow>();
  const pair = (
    wanted: readonly SubtaskContent[],
    known: readonly SubtaskRow[],
    of: { subtask: (subtask: SubtaskContent) => string; row: (row: SubtaskRow) => string },
  ): void => {
    const byName = new Map(known.filter((row) => !taken.has(row)).map((row) => [of.row(row), row]));
    for (const subtask of wanted) {
      const row = pairs.has(subtask) ? undefined : byName.get(of.subtask(subtask));
      if (row === undefined || taken.has(row)) continue;
      taken.add(row);
      pairs.set(subtask, row);
    }
  };
  const byFingerprint = {
    subtask: ({ fingerprint }: SubtaskContent) => fingerprint,
    row: ({ fingerprint }: SubtaskRow) => fingerprint,
  };
  const used = new Set(subtasks.map(({ key }) => key));
  const live = ordered.filter(({ removed_at: removed }) => removed === null);
  const placed = subtasks.filter(({ keyOrigin }) => keyOrigin === 'position');
  pair(placed, live, byFingerprint);
  pair(subtasks, ordered, { subtask: ({ key }) => key, row: (row) => row.subtask_key });
  const free = ordered.filter((row) => !used.has(row.subtask_key));
  pair(subtasks, free, byFingerprint);
  return pairs;
}

function syncSubtasks(
  tx: Transaction,
  planId: string,
  subtasks: readonly SubtaskContent[],
  phaseIds: ReadonlyMap<string, string>,
): Map<string, string> {
  const rows = readSubtasksOfPlan(tx, planId);
  const pairs = pairRows(subtasks, rows);
  const keys = new Map([...pairs].map(([{ key }, row]) => [row.id, key]));
  // Keys move between rows: those are freed first and set anew below, under the unique index.
  for (const row of rows) {
    if (row.removed_at !== null || keys.get(row.id) === row.subtask_key) continue;
    tx.run('UPDATE subtasks SET removed_at = ? WHERE id = ?', tx.now, row.id);
    if (!keys.has(row.id)) tx.changed('subtask', row.id);
  }
  const ids = new Map<string, string>();
  subtasks.forEach((subtask, position) => {
    const row = pairs.get(subtask);
    const id = row?.id ?? tx.newId();
    ids.set(subtask.key, id);
    if (row !== undefined && row.subtask_key !== subtask.key) {
      tx.run(
        `INSERT OR REPLACE INTO subtask_renames (plan_id, old_key, subtask_id, renamed_at)
         VALUES (?, ?, ?, ?)`,
        planId,
        row.subtask_key,
        id,
        tx.now,
      );
    }
    if (writeSubtask(tx, planId, id, subtask, position, phaseIds)) tx.changed('subtask', id);
    followFile(tx, id, subtask, row);
  });
  return ids;
}

/** What of a subtask is its file's, in the order in which `writeSubtask` has the values. */
const contentColumns = [
  'phase_id',
  'subtask_key',
  'key_origin',
  'fingerprint',
  'title',
  'detail',
  'position',
  'optional',
  'left_out',
  'files',
  'labels',
  'verification',
  'file_status',
  'source_line',
];
const listed = (prefix: string) => contentColumns.map((name) => prefix + name).join(', ');
const writing = `INSERT INTO subtasks (id, plan_id, created_at, updated_at, updated_by, ${listed('')})
  VALUES (?, ?, ?, ?, ?, ${contentColumns.map(() => '?').join(', ')})
  ON CONFLICT (id) DO UPDATE SET ${contentColumns.map((name) => `${name} = excluded.${name}`).join(', ')},
    removed_at = NULL, version = version + 1, updated_at = excluded.updated_at,
    updated_by = excluded.updated_by
  WHERE subtasks.removed_at IS NOT NULL
    OR (${listed('subtasks.')}) IS NOT (${listed('excluded.')})`;

/** Returns whether there was anything to write: what stays as it was keeps its version. */
function writeSubtask(
  tx: Transaction,
  planId: string,
  id: string,
  subtask: SubtaskContent,
  position: number,
  phaseIds: ReadonlyMap<string, string>,
): boolean {
  const written = tx.run(
    writing,
    ...[id, planId, tx.now, tx.now, tx.actor],
    subtask.phaseKey === null ? null : (phaseIds.get(subtask.phaseKey) ?? null),
    subtask.key,
    subtask.keyOrigin,
    subtask.fingerprint,
    subtask.title,
    subtask.detail,
    position,
    Number(subtask.optional),
    Number(subtask.leftOut),
    JSON.stringify(subtask.files),
    JSON.stringify(subtask.labels),
    JSON.stringify(subtask.verification),
    subtask.fileStatus,
    subtask.line,
  );
  return written > 0;
}

const claimWords: Partial<Record<SubtaskStatus, string>> = {
  claimed: 'done',
  failed: 'failed',
  blocked: 'blocked',
  skipped: 'skipped',
  cancelled: 'skipped',
  in_progress: 'in_progress',
};

/** What a file says that we marked with a status of ours. */
const ownReports: Partial<Record<SubtaskStatus, SubtaskStatus>> = {
  done: 'claimed',
  skipped: 'skipped',
  cancelled: 'skipped',
};

/**
 * What the file says about a status is a claim: it is recorded when the file's word changed, and
 * moves a subtask only between pending, claimed and needs_attention.
 */
function followFile(
  tx: Transaction,
  id: string,
  subtask: SubtaskContent,
  row: SubtaskRow | undefined,
): void {
  if (row !== undefined && row.file_status === subtask.fileStatus) return;
  const status = row?.status ?? 'pending';
  disposeOpenClaims(tx, id, 'withdrawn', 'The file says something else now.');
  // What we wrote ourselves comes back as our own report.
  if (ownReports[status] === subtask.status) return;
  const says = claimWords[subtask.status];
  if (says !== undefined) {
    tx.run(
      `INSERT INTO claims (id, subtask_id, source, says, source_ref, made_at, made_by)
       VALUES (?, ?, 'file', ?, ?, ?, ?)`,
      tx.newId(),
      id,
      says,
      `line ${subtask.line}`,
      tx.now,
      tx.actor,
    );
    tx.changed('claim', id);
  }
  const moves = status === 'pending' || status === 'claimed' || status === 'needs_attention';
  if (!moves || (row !== undefined && status === 'needs_attention')) return;
  if (subtask.status === 'claimed') stepSubtask(tx, { subtaskId: id, to: 'claimed' });
  else if (subtask.status === 'needs_attention') {
    const reason = `The file says "${subtask.fileStatus ?? ''}".`;
    stepSubtask(tx, { subtaskId: id, to: 'needs_attention', reason });
  } else if (status === 'claimed') stepSubtask(tx, { subtaskId: id, to: 'pending' });
}
