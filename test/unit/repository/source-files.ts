import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './manifest.js';

export interface SourceFile {
  /** Relative to the root, with slashes. */
  path: string;
  text: string;
}

/** The files below a folder whose names end with one of the endings. */
export function sourceFiles(folder: string, ...endings: string[]): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .map((name) => {
      const path = join(folder, name);
      return { path: path.replaceAll('\\', '/'), text: readFileSync(join(root, path), 'utf8') };
    });
}
