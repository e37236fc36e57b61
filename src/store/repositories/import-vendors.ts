import { isDeepStrictEqual } from 'node:util';
import { isImported, type ImportPass } from './import-pass';
import {
  insertVendor,
  updateVendor,
  vendorNamed,
  type VendorRow,
  type VendorValues,
} from './vendors';

/** Vendors by name, as SQLite's NOCASE tells names apart; returns their ids by such names. */
export function importVendors(
  pass: ImportPass,
  rows: readonly VendorValues[],
): Map<string, string> {
  const ids = new Map<string, string>();
  for (const row of rows) {
    const key = vendorKey(row.name);
    if (ids.has(key)) {
      pass.double('vendors', row.name, 'The file has it twice. Its first entry counts.');
      continue;
    }
    const known = vendorNamed(pass.db, row.name);
    if (known === null)
      ids.set(
        key,
        pass.create('vendors', (tx) => insertVendor(tx, row)),
      );
    else ids.set(key, followVendor(pass, known, row));
  }
  return ids;
}

function followVendor(pass: ImportPass, known: VendorRow, row: VendorValues): string {
  const { manifest_compliant, extra } = known.metadata;
  const values = { ...row, metadata: { ...row.metadata, manifest_compliant, extra } };
  const isSame =
    known.status === row.status &&
    known.extractor_version === row.extractorVersion &&
    isDeepStrictEqual(known.metadata, values.metadata);
  if (!isSame && isImported(known.updated_by)) {
    pass.update('vendors', (tx) => updateVendor(tx, known.id, values));
    return known.id;
  }
  pass.keep('vendors');
  if (!isSame) {
    const message = `The file says ${row.status}; ${known.updated_by} has set ${known.status} or other details since, which stay.`;
    pass.differ('vendors', row.name, message);
  }
  return known.id;
}

export function vendorKey(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
