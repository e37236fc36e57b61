import type { PlanSource, SourceFile } from '../../../src/formats/format';

/** The files of a source that have a text; a folder itself has none. */
export function filesOf(source: PlanSource): SourceFile[] {
  const files = [{ path: source.path, text: source.text }, ...(source.others?.values() ?? [])];
  return files.filter(({ text }) => text !== '');
}

/** Characters in all of them. */
export function sizeOf(source: PlanSource): number {
  return filesOf(source).reduce((sum, { text }) => sum + text.length, 0);
}
