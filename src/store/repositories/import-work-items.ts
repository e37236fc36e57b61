import { subtaskTransitions } from '../../model/transitions';
import type { Transaction } from '../command';
import { insertImportedClaim } from './claim-rows';
import { isImported, type ImportedWorkItem, type ImportPass } from './import-pass';
import {
  insertWorkItem,
  setWorkItemBranch,
  stepWorkItem,
  workItemChildren,
  type NewWorkItem,
  type WorkItemRow,
} from './work-item-rows';

/**
 * Items by parent, title and type; of several that agree in these, the first of the file is the
 * oldest of the database. Returns their ids in the order of the rows.
 */
export function importWorkItems(pass: ImportPass, rows: readonly ImportedWorkItem[]): string[] {
  const ids: string[] = [];
  const taken = new Set<string>();
  const siblings = new Map<string | null, Map<string, WorkItemRow[]>>();
  for (const row of rows) {
    const parentId = row.parent === null ? null : (ids[row.parent] ?? null);
    const here = siblings.get(parentId) ?? childrenByName(pass, parentId);
    siblings.set(parentId, here);
    const known = here.get(nameOf(row.type, row.title))?.find(({ id }) => !taken.has(id));
    if (known === undefined)
      ids.push(pass.create(row.kind, (tx) => insertImported(tx, { ...row, parentId })));
    else {
      taken.add(known.id);
      followItem(pass, known, row);
      ids.push(known.id);
    }
  }
  return ids;
}

const nameOf = (type: string, title: string) => `${type} ${title}`;

function childrenByName(pass: ImportPass, parentId: string | null): Map<string, WorkItemRow[]> {
  const byName = new Map<string, WorkItemRow[]>();
  for (const child of workItemChildren(pass.db, parentId)) {
    const name = nameOf(child.item_type, child.title);
    byName.set(name, [...(byName.get(name) ?? []), child]);
  }
  return byName;
}

function insertImported(
  tx: Transaction,
  row: NewWorkItem & Pick<ImportedWorkItem, 'says' | 'evidence'>,
): string {
  const id = insertWorkItem(tx, row);
  if (row.says !== null)
    insertImportedClaim(tx, { workItemId: id, says: row.says, evidence: row.evidence });
  return id;
}

function followItem(pass: ImportPass, known: WorkItemRow, row: ImportedWorkItem): void {
  // What is proven or accepted is more than what a file claims.
  const isSame = known.status === row.status || (known.status === 'done' && row.says === 'done');
  const steps = isSame ? [] : wayTo(known.status, row.status);
  const branch = row.branch === known.branch_name ? null : row.branch;
  if (isSame && branch === null) pass.keep(row.kind);
  else if (isImported(known.updated_by) && steps !== null)
    pass.update(row.kind, (tx) => change(tx, known.id, row, { steps, branch }));
  else {
    pass.keep(row.kind);
    const [told, has] = isSame ? [branch, known.branch_name] : [row.status, known.status];
    const message = `The file says ${told ?? ''}; ${known.updated_by} has set ${has ?? 'nothing'} since, which stays.`;
    pass.differ(row.kind, row.title, message);
  }
}

function change(
  tx: Transaction,
  id: string,
  { status, statusReason, says, evidence }: ImportedWorkItem,
  { steps, branch }: { steps: readonly NewWorkItem['status'][]; branch: string | null },
): void {
  for (const to of steps) stepWorkItem(tx, { id, to, reason: to === status ? statusReason : null });
  if (steps.length > 0 && says !== null)
    insertImportedClaim(tx, { workItemId: id, says, evidence });
  if (branch !== null) setWorkItemBranch(tx, id, branch);
}

/** The steps that the state machine allows, by way of pending where there is no other. */
function wayTo(
  from: WorkItemRow['status'],
  to: NewWorkItem['status'],
): NewWorkItem['status'][] | null {
  if (subtaskTransitions[from].includes(to)) return [to];
  const byPending = subtaskTransitions[from].includes('pending');
  return byPending && subtaskTransitions.pending.includes(to) ? ['pending', to] : null;
}
