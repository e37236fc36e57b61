import { isDeepStrictEqual } from 'node:util';
import { insertDeployment, standingDeployments, type DeploymentRow } from './deployments';
import type { ImportedDeployment, ImportedWorkItem, ImportPass } from './import-pass';
import { vendorKey } from './import-vendors';
import { vendorNamed } from './vendors';
import { liveWorkItems } from './work-item-rows';

/** What a deployment's names may mean: ids of this import's rows. */
export interface ImportedIds {
  vendors: ReadonlyMap<string, string>;
  workItems: readonly string[];
  rows: readonly ImportedWorkItem[];
}

/**
 * Deployments by time (to the second), pull request and commit, of which one side may know the
 * first digits alone. They never change; names that mean nothing are kept as words.
 */
export function importDeployments(
  pass: ImportPass,
  rows: readonly ImportedDeployment[],
  ids: ImportedIds,
): void {
  if (rows.length === 0) return;
  const known = new Map<string, DeploymentRow[]>();
  for (const row of standingDeployments(pass.db)) {
    const key = keyOf(row.deployed_at, row.metadata.pr_number);
    known.set(key, [...(known.get(key) ?? []), row]);
  }
  const titles = titlesOf(pass, ids);
  for (const row of rows) {
    const candidates = known.get(keyOf(row.deployedAt, row.metadata.pr_number)) ?? [];
    const place = candidates.findIndex(({ commit_hash: hash }) => sameCommit(hash, row.commit));
    const [same] = place < 0 ? [] : candidates.splice(place, 1);
    if (same === undefined) create(pass, row, ids, titles);
    else follow(pass, same, row);
  }
}

const keyOf = (at: string, pr: number | null) => `${at.slice(0, 19)} ${pr ?? ''}`;

function sameCommit(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  return a.startsWith(b) || b.startsWith(a);
}

function create(
  pass: ImportPass,
  { vendors, workItems, metadata, ...row }: ImportedDeployment,
  ids: ImportedIds,
  titles: ReadonlyMap<string, string | null>,
): void {
  const vendorIds = vendors.map(
    (name) => ids.vendors.get(vendorKey(name)) ?? vendorNamed(pass.db, name)?.id ?? null,
  );
  const itemIds = workItems.map((title) => titles.get(title) ?? null);
  const unresolved = {
    vendors: vendors.filter((_, place) => vendorIds[place] === null),
    work_items: workItems.filter((_, place) => itemIds[place] === null),
  };
  pass.create('deployments', (tx) =>
    insertDeployment(tx, {
      ...row,
      metadata: { ...metadata, unresolved },
      vendorIds: vendorIds.filter((id) => id !== null),
      workItemIds: itemIds.filter((id) => id !== null),
    }),
  );
}

function follow(pass: ImportPass, known: DeploymentRow, { metadata }: ImportedDeployment): void {
  pass.keep('deployments');
  const said = ({ pr_title, test_summary, constitutional_compliance }: typeof metadata) => {
    return { pr_title, test_summary, constitutional_compliance };
  };
  if (isDeepStrictEqual(said(known.metadata), said(metadata))) return;
  const name = `${known.deployed_at.slice(0, 10)} ${known.commit_hash ?? ''}`.trim();
  const message =
    'The file tells it otherwise. A deployment is never changed: the stored one stays.';
  pass.differ('deployments', name, message);
}

/** Ids by title, of the file and of the database; `null` where two have it. */
function titlesOf(pass: ImportPass, ids: ImportedIds): ReadonlyMap<string, string | null> {
  const titles = new Map<string, string | null>();
  const add = (title: string, id: string) => {
    const other = titles.get(title);
    titles.set(title, other === undefined || other === id ? id : null);
  };
  for (const { id, title } of liveWorkItems(pass.db)) add(title, id);
  for (const [place, { title }] of ids.rows.entries()) add(title, ids.workItems[place] ?? '');
  return titles;
}
