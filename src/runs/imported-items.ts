import { statusOfWord, type WorkItemRow } from '../formats/codebase-mcp/status-rows';
import type { SubtaskStatus } from '../model/status';
import type { ClaimWord } from '../store/repositories/claim-rows';
import type { ImportedWorkItem } from '../store/repositories/import-pass';
import { shortText, shownText, storedTime, untitled } from './imported-text';

const claims: Partial<Record<SubtaskStatus, ClaimWord>> = {
  claimed: 'done',
  failed: 'failed',
  blocked: 'blocked',
  skipped: 'skipped',
  in_progress: 'in_progress',
  in_review: 'in_progress',
};

/** A work item of a file: what it says to be complete is claimed, words nobody knows need a look. */
export function importedItem(
  row: Pick<WorkItemRow, 'title' | 'type' | 'status' | 'createdAt' | 'branch'>,
  parent: number | null = null,
): ImportedWorkItem {
  const said = shownText(row.status).slice(0, 100);
  const known = statusOfWord(row.status);
  const status = known === 'done' ? 'claimed' : (known ?? 'needs_attention');
  const needsReason = known === null || status === 'blocked' || status === 'skipped';
  return {
    kind: 'work_items',
    type: row.type,
    title: shortText(row.title, 200) ?? untitled,
    parent,
    status,
    statusReason: needsReason ? `The file says "${said}".` : null,
    branch: row.branch === null ? null : shortText(row.branch, 100),
    metadata: {},
    createdAt: row.createdAt === null ? null : storedTime(row.createdAt),
    says: claims[status] ?? null,
    evidence: `Status: ${said}`,
  };
}
