import { z } from 'zod';
import {
  vendorMetadataSchema,
  vendorStatusSchema,
  type VendorMetadata,
  type VendorStatus,
} from '../../model/delivery';
import { query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { jsonColumn, maybeText, text } from './columns';
import { journal } from './journal';

const vendorRow = z.object({
  id: text,
  name: text,
  status: vendorStatusSchema,
  extractor_version: maybeText,
  metadata: jsonColumn(vendorMetadataSchema),
  version: z.int(),
  created_by: text,
  updated_by: text,
});
export type VendorRow = z.output<typeof vendorRow>;

const columns = Object.keys(vendorRow.shape).join(', ');

export interface VendorValues {
  /** At most 100 characters; its case does not tell vendors apart. */
  name: string;
  status: VendorStatus;
  /** At most 50 characters. */
  extractorVersion: string | null;
  metadata: VendorMetadata;
}

export function liveVendors(db: Connection): VendorRow[] {
  const sql = `SELECT ${columns} FROM vendors WHERE deleted_at IS NULL ORDER BY name, id`;
  return db.all(vendorRow, sql);
}

export function vendorNamed(db: Connection, name: string): VendorRow | null {
  const sql = `SELECT ${columns} FROM vendors WHERE name = ? AND deleted_at IS NULL`;
  return db.get(vendorRow, sql, name);
}

export function insertVendor(tx: Transaction, values: VendorValues): string {
  const id = tx.newId();
  tx.run(
    `INSERT INTO vendors (id, name, status, extractor_version, metadata, created_at, created_by,
       updated_at, updated_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    values.name,
    values.status,
    values.extractorVersion,
    JSON.stringify(vendorMetadataSchema.parse(values.metadata)),
    tx.now,
    tx.actor,
    tx.now,
    tx.actor,
  );
  const { name, status } = values;
  journal(tx, { entity: 'vendor', id, action: 'create', changes: { name, status } });
  return id;
}

/** Takes over all values but the name. */
export function updateVendor(tx: Transaction, id: string, values: VendorValues): void {
  const { status, extractorVersion, metadata } = values;
  tx.run(
    `UPDATE vendors SET status = ?, extractor_version = ?, metadata = ?, version = version + 1,
       updated_at = ?, updated_by = ? WHERE id = ?`,
    status,
    extractorVersion,
    JSON.stringify(vendorMetadataSchema.parse(metadata)),
    tx.now,
    tx.actor,
    id,
  );
  const changes = { status, extractor_version: extractorVersion, metadata };
  journal(tx, { entity: 'vendor', id, action: 'update', changes });
}

export const vendors = {
  /** By name. */
  all: query('vendors.all', (db) => liveVendors(db)),
};
