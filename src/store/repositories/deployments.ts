import { z } from 'zod';
import { deploymentMetadataSchema, type DeploymentMetadata } from '../../model/delivery';
import { query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { jsonColumn, maybeText, text } from './columns';
import { journal } from './journal';

const deploymentRow = z.object({
  id: text,
  deployed_at: text,
  /** 40 hexadecimal digits; of an imported one perhaps only the first of them. */
  commit_hash: maybeText,
  metadata: jsonColumn(deploymentMetadataSchema),
  created_by: text,
});
const columns = Object.keys(deploymentRow.shape).join(', ');
const linkRow = z.object({ deployment_id: text, name: text });

export type DeploymentRow = z.output<typeof deploymentRow> & {
  /** Names of vendors, and titles of work items, that it is linked to. */
  vendors: string[];
  work_items: string[];
};

export interface NewDeployment {
  deployedAt: string;
  commit: string | null;
  metadata: DeploymentMetadata;
  vendorIds: readonly string[];
  workItemIds: readonly string[];
}

/** Deployments that no later row corrects, newest first. */
export function standingDeployments(db: Connection): DeploymentRow[] {
  const rows = db.all(
    deploymentRow,
    `SELECT ${columns} FROM deployments
     WHERE id NOT IN (SELECT corrects_id FROM deployments WHERE corrects_id IS NOT NULL)
     ORDER BY deployed_at DESC, id`,
  );
  const vendors = linked(
    db,
    `SELECT l.deployment_id, v.name FROM deployment_vendors l
     JOIN vendors v ON v.id = l.vendor_id ORDER BY v.name, v.id`,
  );
  const items = linked(
    db,
    `SELECT l.deployment_id, coalesce(w.title, a.title) AS name FROM deployment_work_items l
     LEFT JOIN work_items w ON w.id = l.work_item_id
     LEFT JOIN archived_work_items a ON a.id = l.work_item_id ORDER BY name, l.work_item_id`,
  );
  return rows.map((row) => ({
    ...row,
    vendors: vendors.get(row.id) ?? [],
    work_items: items.get(row.id) ?? [],
  }));
}

function linked(db: Connection, sql: string): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { deployment_id: id, name } of db.all(linkRow, sql)) {
    const known = names.get(id);
    if (known === undefined) names.set(id, [name]);
    else known.push(name);
  }
  return names;
}

export function insertDeployment(tx: Transaction, deployment: NewDeployment): string {
  const { deployedAt, commit, vendorIds, workItemIds } = deployment;
  const metadata = deploymentMetadataSchema.parse(deployment.metadata);
  const id = tx.newId();
  tx.run(
    `INSERT INTO deployments (id, deployed_at, commit_hash, metadata, created_at, created_by)
     VALUES (?, ?, ?, ?, ?, ?)`,
    id,
    deployedAt,
    commit,
    JSON.stringify(metadata),
    tx.now,
    tx.actor,
  );
  for (const vendorId of new Set(vendorIds))
    tx.run('INSERT INTO deployment_vendors (deployment_id, vendor_id) VALUES (?, ?)', id, vendorId);
  for (const itemId of new Set(workItemIds))
    tx.run(
      'INSERT INTO deployment_work_items (deployment_id, work_item_id) VALUES (?, ?)',
      id,
      itemId,
    );
  const changes = { deployed_at: deployedAt, commit_hash: commit, pr_number: metadata.pr_number };
  journal(tx, { entity: 'deployment', id, action: 'create', changes });
  return id;
}

export const deployments = {
  /** Those that no later row corrects, newest first. */
  standing: query('deployments.standing', (db) => standingDeployments(db)),
};
