import { z } from 'zod';
import type { FallbackWrite } from '../formats/codebase-mcp/status-rows';
import { vendorStatusSchema } from '../model/delivery';
import { titleSchema, workItemTypeSchema } from '../model/work-item';
import type { ImportedRows } from '../store/repositories/import-pass';
import { importedItem } from './imported-items';
import { shortText, shownText, untitled } from './imported-text';

const itemSchema = z.object({
  item_type: workItemTypeSchema,
  title: titleSchema,
  status: z.string().default('pending'),
  branch_name: z.string().nullable().default(null),
});
const vendorSchema = z.object({
  name: z.string().trim().min(1).max(100),
  status: vendorStatusSchema,
  extractor_version: z.string().trim().min(1).max(50).nullable().default(null),
});

/** Writes that wait in comments of a report: work items and vendors; whatever else as notes. */
export function fallbackRows(
  writes: readonly FallbackWrite[],
): Pick<ImportedRows, 'vendors' | 'workItems' | 'notes'> {
  const vendors: ImportedRows['vendors'][number][] = [];
  const workItems: ImportedRows['workItems'][number][] = [];
  const notes: ImportedRows['notes'][number][] = [];
  for (const { time, json } of writes) {
    const value = valueOf(json);
    const item = itemSchema.safeParse(value);
    const vendor = vendorSchema.safeParse(value);
    if (item.success) {
      const { item_type: type, title, status, branch_name: branch } = item.data;
      workItems.push(importedItem({ type, title, status, branch, createdAt: null }));
    } else if (vendor.success) {
      const { name, status, extractor_version: extractorVersion } = vendor.data;
      const format_support = { excel: false, csv: false, pdf: false, ocr: false };
      const rest = { test_results: null, manifest_compliant: null, extra: {} };
      const shown = shortText(name, 100) ?? untitled;
      const metadata = { format_support, ...rest };
      vendors.push({ name: shown, status, extractorVersion, metadata });
    } else {
      const title = `Write of ${shortText(time, 100) ?? 'an unknown time'}`;
      notes.push({ title, body: shownText(json), workItem: null });
    }
  }
  return { vendors, workItems, notes };
}

function valueOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
