import { z } from 'zod';
import { command, query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { text } from './columns';
import { importDeployments } from './import-deployments';
import { importEnhancements, importNotes } from './import-enhancements';
import {
  ImportPass,
  type ImportCount,
  type ImportDifference,
  type ImportedRows,
  type ImportKind,
} from './import-pass';
import { importVendors } from './import-vendors';
import { importWorkItems } from './import-work-items';
import { journal } from './journal';

export interface Import {
  /** What the file is, e.g. `project_status`. */
  kind: string;
  /** The file, workspace-relative. */
  path: string;
  /** SHA-256 of its bytes. */
  hash: string;
  rows: ImportedRows;
  /** What else there is to say of the file; kept with the import. */
  account: Readonly<Record<string, unknown>>;
}

export interface ImportResult {
  counts: Record<ImportKind, ImportCount>;
  differences: ImportDifference[];
}

/** Who an import is to the database. */
export function importActor(path: string): string {
  return `import:${path}`.slice(0, 100);
}

function takeOver(db: Connection, tx: Transaction | null, { path, rows }: Import): ImportResult {
  const pass = new ImportPass(db, tx, importActor(path));
  const vendors = importVendors(pass, rows.vendors);
  const workItems = importWorkItems(pass, rows.workItems);
  importDeployments(pass, rows.deployments, { vendors, workItems, rows: rows.workItems });
  importEnhancements(pass, rows.enhancements);
  importNotes(pass, rows.notes, workItems);
  const { counts, differences } = pass;
  return { counts, differences };
}

export const imports = {
  /** What `apply` would do; nothing is written. */
  rehearse: query('imports.rehearse', (db, input: Import) => takeOver(db, null, input)),

  /**
   * Stores the rows of a file: all of them or, when it throws, none. Rows that are there are not
   * stored again. To be sent with the actor of `importActor`.
   */
  apply: command('imports.apply', (tx, input: Import & { requestedBy: string }): ImportResult => {
    const result = takeOver(tx, tx, input);
    if (!bringsNothing(tx, input, result)) record(tx, input, result);
    return result;
  }),
};

/** The same bytes once more, with nothing to do. */
function bringsNothing(tx: Transaction, { path, hash }: Import, { counts }: ImportResult): boolean {
  const changed = Object.values(counts).some(({ created, updated }) => created + updated > 0);
  const sql = 'SELECT id FROM imports WHERE source_path = ? AND source_hash = ? LIMIT 1';
  return !changed && tx.get(z.object({ id: text }), sql, path, hash) !== null;
}

function record(
  tx: Transaction,
  { kind, path, hash, account, requestedBy }: Import & { requestedBy: string },
  result: ImportResult,
): void {
  const id = tx.newId();
  tx.run(
    `INSERT INTO imports (id, kind, source_path, source_hash, state, reconciliation, created_at,
       created_by, ended_at) VALUES (?, ?, ?, ?, 'succeeded', ?, ?, ?, ?)`,
    id,
    kind,
    path,
    hash,
    JSON.stringify({ ...account, ...result }),
    tx.now,
    requestedBy,
    tx.now,
  );
  journal(tx, { entity: 'import', id, action: 'import', changes: { kind, path, hash } });
}
