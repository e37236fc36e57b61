import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder with reference files beside the project; it is not part of it. */
export const sharedFolder =
  process.env['RUNSHEET_SHARED'] ?? resolve(import.meta.dirname, '../../../shared');

/** A folder below the shared one; `null`, said aloud, when it is missing. */
export function sharedPath(...parts: string[]): string | null {
  const path = join(sharedFolder, ...parts);
  if (existsSync(path)) return path;
  process.stdout.write(`SKIPPED: ${path} is missing; set RUNSHEET_SHARED to where it is.\n`);
  return null;
}
