import { z } from 'zod';
import type { Leaf } from '../../model/progress';
import { query } from '../command';
import type { Connection } from '../connection';
import { text } from './columns';
import { standingDeployments, type DeploymentRow } from './deployments';
import { liveEnhancements, type EnhancementRow } from './enhancements';
import { readLeaves } from './leaf-rows';
import { liveVendors, type VendorRow } from './vendors';
import { liveWorkItems, type WorkItemRow } from './work-item-rows';

const planRow = z.object({
  id: text,
  title: text,
  source_path: text,
  source_name: text,
  state: text,
});

export interface ReportedPlan {
  title: string;
  path: string;
  name: string;
  state: string;
  leaves: readonly Leaf[];
}

/** All that a status report tells, as it was at one moment. */
export interface ReportedRows {
  plans: ReportedPlan[];
  vendors: VendorRow[];
  workItems: WorkItemRow[];
  deployments: DeploymentRow[];
  enhancements: EnhancementRow[];
}

export const reports = {
  read: query('reports.read', (db): ReportedRows => {
    return {
      plans: reportedPlans(db),
      vendors: liveVendors(db),
      workItems: liveWorkItems(db),
      deployments: standingDeployments(db),
      enhancements: liveEnhancements(db),
    };
  }),
};

function reportedPlans(db: Connection): ReportedPlan[] {
  const rows = db.all(
    planRow,
    `SELECT id, title, source_path, source_name, state FROM plans
     WHERE archived_at IS NULL AND missing_since IS NULL ORDER BY source_path, source_name`,
  );
  return rows.map(({ id, title, source_path: path, source_name: name, state }) => {
    return { title, path, name, state, leaves: readLeaves(db, 'plan_id', id) };
  });
}
