import type { FallbackWrite } from '../formats/codebase-mcp/status-rows';
import type { Kind } from '../formats/codebase-mcp/kinds';
import type { Problem } from '../model/plan';
import type { ImportDifference, ImportedRows, ImportKind } from '../store/repositories/import-pass';

/** What a file holds for the database, and what there is to say about that. */
export interface ImportSource {
  kind: Exclude<Kind, 'tasks' | 'none'>;
  /** Of a status report. */
  variant: 'legacy' | 'generated' | 'free' | null;
  rows: ImportedRows;
  /** How many rows the file says that it has; `null`: it does not say. */
  stated: Readonly<Record<ImportKind, number | null>>;
  /** What rows do not say. */
  missing: readonly { kind: ImportKind; name: string; fields: readonly string[] }[];
  /** What was changed in rows to store them. */
  adjusted: readonly ImportDifference[];
  problems: readonly Problem[];
  /** Writes made while the source's database was away. */
  waiting: readonly FallbackWrite[];
}

export const nothingStated: ImportSource['stated'] = {
  ...{ vendors: null, work_items: null, deployments: null, enhancements: null },
  ...{ session_prompts: null, notes: null },
};

export const noRows: ImportedRows = {
  ...{ vendors: [], workItems: [], deployments: [], enhancements: [], notes: [] },
};
