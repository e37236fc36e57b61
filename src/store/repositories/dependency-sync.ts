import { z } from 'zod';
import type { Transaction } from '../command';
import { maybeText, text } from './columns';

/** What the file says comes first, where it says so or by its format's rules. */
export interface DependencyContent {
  key: string;
  origin: 'declared' | 'implied';
}

interface Waiting {
  key: string;
  dependsOn: readonly DependencyContent[];
}

interface Ids {
  phaseIds: ReadonlyMap<string, string>;
  subtaskIds: ReadonlyMap<string, string>;
}

export function syncDependencies(
  tx: Transaction,
  planId: string,
  content: { phases: readonly Waiting[]; subtasks: readonly Waiting[] },
  { phaseIds, subtaskIds }: Ids,
): void {
  syncPhaseDependencies(tx, content.phases, phaseIds);
  const known = knownDependencies(tx, planId);
  for (const { key, dependsOn } of content.subtasks) {
    const id = subtaskIds.get(key);
    if (id === undefined) continue;
    const wanted = wantedDependencies(dependsOn, subtaskIds);
    if (isEqual(known.get(id) ?? [], wanted)) continue;
    tx.run('DELETE FROM subtask_dependencies WHERE subtask_id = ?', id);
    for (const { depends_on_key: before, depends_on_id: target, origin } of wanted)
      tx.run(
        `INSERT INTO subtask_dependencies (subtask_id, depends_on_key, depends_on_id, origin)
         VALUES (?, ?, ?, ?)`,
        ...[id, before, target, origin],
      );
    tx.changed('subtask', id);
  }
}

function syncPhaseDependencies(
  tx: Transaction,
  phases: readonly Waiting[],
  phaseIds: ReadonlyMap<string, string>,
): void {
  for (const phase of phases) {
    const id = phaseIds.get(phase.key);
    if (id === undefined) continue;
    tx.run('DELETE FROM phase_dependencies WHERE phase_id = ?', id);
    for (const dependency of phase.dependsOn) {
      const target = phaseIds.get(dependency.key);
      if (target === undefined || target === id) continue;
      tx.run(
        'INSERT OR IGNORE INTO phase_dependencies (phase_id, depends_on_id, origin) VALUES (?, ?, ?)',
        id,
        target,
        dependency.origin,
      );
    }
  }
}

const dependencyRow = z.object({ depends_on_key: text, depends_on_id: maybeText, origin: text });
type DependencyRow = z.output<typeof dependencyRow>;

/** What is declared twice counts as it is declared first. */
function wantedDependencies(
  dependsOn: readonly DependencyContent[],
  subtaskIds: ReadonlyMap<string, string>,
): DependencyRow[] {
  const rows = new Map<string, DependencyRow>();
  for (const { key, origin } of dependsOn) {
    if (rows.has(key)) continue;
    rows.set(key, {
      depends_on_key: key,
      depends_on_id: subtaskIds.get(key) ?? null,
      origin,
    });
  }
  return [...rows.values()];
}

function knownDependencies(tx: Transaction, planId: string): Map<string, DependencyRow[]> {
  const rows = tx.all(
    dependencyRow.extend({ subtask_id: text }),
    `SELECT subtask_id, depends_on_key, depends_on_id, d.origin FROM subtask_dependencies d
     JOIN subtasks s ON s.id = subtask_id WHERE s.plan_id = ?`,
    planId,
  );
  const known = new Map<string, DependencyRow[]>();
  for (const row of rows) {
    const own = known.get(row.subtask_id) ?? [];
    own.push(row);
    known.set(row.subtask_id, own);
  }
  return known;
}

function isEqual(known: readonly DependencyRow[], wanted: readonly DependencyRow[]): boolean {
  if (known.length !== wanted.length) return false;
  const byKey = new Map(known.map((row) => [row.depends_on_key, row]));
  return wanted.every(({ depends_on_key: key, depends_on_id: id, origin }) => {
    const row = byKey.get(key);
    return row?.depends_on_id === id && row.origin === origin;
  });
}
