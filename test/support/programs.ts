import { accessSync, constants } from 'node:fs';
import { delimiter, resolve } from 'node:path';

/** The first of the programs that the PATH has, as an absolute path. */
export function programOnPath(...names: string[]): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names.filter((name) => name !== '')) {
    for (const folder of folders) {
      const candidate = resolve(folder, name);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        continue;
      }
    }
  }
  return null;
}
