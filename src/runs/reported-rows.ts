import {
  vendorFormats,
  wordOfStatus,
  type DeploymentRow,
  type EnhancementRow,
  type VendorRow,
  type WorkItemRow,
} from '../formats/codebase-mcp/status-rows';
import type { GeneratedRows, ReportRemarks } from '../formats/codebase-mcp/status-write';
import { planReference } from '../model/plan';
import { tally } from '../model/progress';
import type { DeploymentRow as StoredDeployment } from '../store/repositories/deployments';
import type { EnhancementRow as StoredEnhancement } from '../store/repositories/enhancements';
import type { ReportedPlan, ReportedRows } from '../store/repositories/reports';
import type { VendorRow as StoredVendor } from '../store/repositories/vendors';
import type { WorkItemRow as StoredItem } from '../store/repositories/work-item-rows';

/** The database's rows as a status report has them. */
export function generatedRows(rows: ReportedRows): { rows: GeneratedRows; items: StoredItem[] } {
  const items = asTree(rows.workItems);
  const titles = new Map(items.map(({ id, title }) => [id, title]));
  return {
    items,
    rows: {
      vendors: rows.vendors.map(vendorRow),
      workItems: items.map((item) => itemRow(item, titles)),
      deployments: rows.deployments.map(deploymentRow),
      enhancements: rows.enhancements.flatMap(enhancementRow),
    },
  };
}

/** Each item before those below it, so that a parent is known by its place and not its title alone. */
function asTree(items: readonly StoredItem[]): StoredItem[] {
  const children = new Map<string | null, StoredItem[]>();
  for (const item of items) {
    const siblings = children.get(item.parent_id);
    if (siblings === undefined) children.set(item.parent_id, [item]);
    else siblings.push(item);
  }
  const below = (id: string | null): StoredItem[] =>
    (children.get(id) ?? []).flatMap((item) => [item, ...below(item.id)]);
  return below(null);
}

function vendorRow({ name, status, extractor_version, metadata }: StoredVendor): VendorRow {
  const { test_results: tests, format_support: support } = metadata;
  const formats = vendorFormats.filter((format) => support[format]);
  return { name, status, tests, formats, version: extractor_version };
}

function itemRow(item: StoredItem, titles: ReadonlyMap<string, string>): WorkItemRow {
  return {
    title: item.title,
    type: item.item_type,
    depth: item.depth,
    status: wordOfStatus(item.status),
    createdAt: item.created_at,
    branch: item.branch_name,
    parent: item.parent_id === null ? null : (titles.get(item.parent_id) ?? null),
  };
}

function deploymentRow({ deployed_at, commit_hash, metadata, ...links }: StoredDeployment) {
  const { unresolved, test_summary: tests } = metadata;
  return {
    at: deployed_at,
    pr: metadata.pr_number,
    title: metadata.pr_title,
    commit: commit_hash,
    tests: Object.entries(tests).map(([name, count]) => ({ name, count })),
    compliant: metadata.constitutional_compliance,
    vendors: [...links.vendors, ...unresolved.vendors],
    workItems: [...links.work_items, ...unresolved.work_items],
  } satisfies DeploymentRow;
}

/** What is completed or dropped is no future any more. */
function enhancementRow({ title, priority, status, target_quarter }: StoredEnhancement) {
  if (status === 'completed' || status === 'dropped') return [];
  const going = status === 'planned' ? null : status;
  return [{ title, priority, quarter: target_quarter, status: going } satisfies EnhancementRow];
}

/** How much of what a report tells is proven, and how much only claimed. */
export function remarksOn(
  rows: ReportedRows,
  items: readonly StoredItem[],
  comments: readonly string[],
): ReportRemarks {
  const leaves = items.map((item) => ({ ...item, optional: false, leftOut: false }));
  const { proven, accepted, claimed, total } = tally(leaves);
  const told = (count: number, what: string) =>
    `${count} ${what}: all of it is claimed, nothing proven.`;
  return {
    sections: {
      vendors: told(rows.vendors.length, 'listed'),
      workItems: `${total} listed: ${proofText({ proven, accepted, claimed })}.`,
      deployments: told(rows.deployments.length, 'listed'),
      enhancements: 'What is planned; nothing here is done.',
    },
    items: new Map(
      items.flatMap(({ status, proof }, place): [number, string][] =>
        status === 'claimed'
          ? [[place, 'Only claimed.']]
          : proof === null
            ? []
            : [[place, proofs[proof]]],
      ),
    ),
    plans: rows.plans.length === 0 ? null : planRemarks(rows.plans),
    comments,
  };
}

const proofs = { proven: 'Proven by checks.', accepted: 'Accepted by a person.' } as const;

function proofText(counts: { proven: number; accepted: number; claimed: number }): string {
  const { proven, accepted, claimed } = counts;
  return `${proven} proven, ${accepted} accepted by a person, ${claimed} only claimed`;
}

function planRemarks(plans: readonly ReportedPlan[]): ReportRemarks['plans'] {
  const all = tally(plans.flatMap(({ leaves }) => leaves));
  const line = ({ title, path, name, state, leaves }: ReportedPlan) => {
    const counts = tally(leaves);
    const share = `${counts.done} of ${counts.total} subtasks done`;
    return `\`${planReference(path, name)}\` ${title} (${state}): ${share}; ${proofText(counts)}`;
  };
  return {
    remark: `${all.done} of ${all.total} subtasks done: ${proofText(all)}.`,
    lines: plans.map(line),
  };
}
