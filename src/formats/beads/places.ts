import type { PlanSource } from '../format';
import { membersOf, parseJson, textOf } from '../json';
import { baseName } from '../text';

// Where exports stand, and what stands beside them.

const marked = /(?:^|\/)\.beads\/(?:backup\/)?issues\.jsonl$/;
const dump = /(?:^|\/)\.beads\/backup\/[^/]+$/;
const ours = /(?:^|\/)\.beads\//;
/** Copies, logs and tables of the tool. */
const neverPlans =
  /(?:^|\/)(?:\.br_history\/.*|interactions\.jsonl|beads\.base\.jsonl|(?:dependencies|labels|comments|events|config)\.jsonl)$/;

export function isMarked(path: string): boolean {
  return marked.test(path);
}

/** By its path no plan, whatever it holds. */
export function isNoPlan(path: string): boolean {
  return neverPlans.test(path) || (ours.test(path) && !marked.test(path));
}

export function folderOf(path: string): string {
  return path.slice(0, path.length - baseName(path).length);
}

/**
 * The tables of dependencies that a dump keeps beside its issues: one of a known name in a folder
 * of the tool, elsewhere any whose name ends so. Rows about issues of other files mean nothing.
 */
export function tablesOf(path: string): string {
  return `${folderOf(path)}${ours.test(path) ? '' : '*'}dependencies.jsonl`;
}

export function isTableOf(path: string, other: string): boolean {
  return folderOf(other) === folderOf(path) && other.endsWith('dependencies.jsonl');
}

export function settingsOf(path: string): string[] {
  return inTracker(path)
    ? ['metadata.json', 'config.yaml'].map((name) => folderOf(path) + name)
    : [];
}

export function databasesOf(path: string): string[] {
  return inTracker(path)
    ? ['*.db', 'dolt', 'embeddeddolt'].map((name) => folderOf(path) + name)
    : [];
}

function inTracker(path: string): boolean {
  return /(?:^|\/)\.beads\/[^/]+$/.test(path);
}

/** Where the truth is. */
export type Store = 'file' | 'database' | 'dump' | 'list' | 'export' | 'conflict';

export function storeOf(source: PlanSource, isList: boolean, isConflicted: boolean): Store {
  const { path } = source;
  if (isList) return 'list';
  if (dump.test(path)) return 'dump';
  if (hasDatabase(source)) return 'database';
  if (isConflicted) return 'conflict';
  return inTracker(path) ? 'file' : 'export';
}

function hasDatabase({ path, others }: PlanSource): boolean {
  if (!inTracker(path)) return false;
  const folder = folderOf(path);
  const isDatabase = (name: string) => /^(?:[^/]*\.db|dolt|embeddeddolt)$/.test(name);
  const beside = [...(others?.keys() ?? [])].filter((other) => other.startsWith(folder));
  if (beside.some((other) => isDatabase(other.slice(folder.length)))) return true;
  const { root } = parseJson(others?.get(`${folder}metadata.json`)?.text ?? '');
  const metadata = membersOf(root ?? undefined);
  const names = [...metadata.keys()].some((key) => key.startsWith('dolt_'));
  if (names || textOf(metadata.get('backend')) === 'dolt') return true;
  return /^[ \t]*dolt[\w.-]*[ \t]*:/m.test(others?.get(`${folder}config.yaml`)?.text ?? '');
}

const commands =
  'Change statuses with `bd update ID --claim` and `bd close ID`, one call for each change; the export follows.';

/** What a person has to know of where statuses are written; `null`: in the file. */
export function noteOf(store: Store): string | null {
  switch (store) {
    case 'file':
      return null;
    case 'export':
      return 'The file stands in no .beads folder: what is written here, bd does not see.';
    case 'database':
      return `This is an export; the database is the source, and the file may be old. It is never written to. ${commands}`;
    case 'dump':
      return `This is a dump of the database's tables; it is never written to. ${commands}`;
    case 'list':
      return `This is a list that bd printed; it is never written to. ${commands}`;
    case 'conflict':
      return 'A merge left conflicts in this file. Resolve them; until then nothing is written to it.';
  }
}
