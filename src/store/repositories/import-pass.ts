import type { ClaimWord, NewClaim } from './claim-rows';
import type { Transaction } from '../command';
import type { Connection } from '../connection';
import type { EnhancementValues } from './enhancements';
import type { NewDeployment } from './deployments';
import type { VendorValues } from './vendors';
import type { NewWorkItem } from './work-item-rows';

export const importKinds = [
  'vendors',
  'work_items',
  'deployments',
  'enhancements',
  'session_prompts',
  'notes',
] as const;
export type ImportKind = (typeof importKinds)[number];

export interface ImportedWorkItem extends Omit<NewWorkItem, 'parentId'> {
  /** As what it is counted: prompts are kept as items of the type session. */
  kind: 'work_items' | 'session_prompts';
  /** Place of the parent in the same list, before its children. */
  parent: number | null;
  /** What the source says of its work. */
  says: ClaimWord | null;
  evidence: NewClaim['evidence'];
}

export interface ImportedDeployment extends Pick<
  NewDeployment,
  'deployedAt' | 'commit' | 'metadata'
> {
  /** Names and titles as the source has them. */
  vendors: readonly string[];
  workItems: readonly string[];
}

export interface ImportedNote {
  title: string;
  body: string;
  /** Place of the work item that it is about; `null`: the project. */
  workItem: number | null;
}

/** What a file holds, in values that fit the columns. */
export interface ImportedRows {
  vendors: readonly VendorValues[];
  workItems: readonly ImportedWorkItem[];
  deployments: readonly ImportedDeployment[];
  enhancements: readonly EnhancementValues[];
  notes: readonly ImportedNote[];
}

/** Something that the file says and the database says otherwise. The database's word stays. */
export interface ImportDifference {
  kind: ImportKind;
  name: string;
  message: string;
}

export interface ImportCount {
  /** In the file. */
  found: number;
  /** Of those, in the database afterwards. */
  stored: number;
  created: number;
  updated: number;
}

/**
 * One way through the rows of a file: with a transaction they are stored, without one it is a
 * rehearsal that gives the same counts and writes nothing.
 */
export class ImportPass {
  readonly counts: Record<ImportKind, ImportCount>;
  readonly differences: ImportDifference[] = [];
  private rehearsed = 0;

  constructor(
    readonly db: Connection,
    private readonly tx: Transaction | null,
    /** `import:<file>` */
    readonly actor: string,
  ) {
    const none = () => ({ found: 0, stored: 0, created: 0, updated: 0 });
    this.counts = {
      ...{ vendors: none(), work_items: none(), deployments: none() },
      ...{ enhancements: none(), session_prompts: none(), notes: none() },
    };
  }

  /** Returns the new row's id; in a rehearsal one that no row has. */
  create(kind: ImportKind, insert: (tx: Transaction) => string): string {
    this.counts[kind].created += 1;
    this.keep(kind);
    this.rehearsed += 1;
    return this.tx === null ? `new ${this.rehearsed}` : insert(this.tx);
  }

  update(kind: ImportKind, change: (tx: Transaction) => void): void {
    this.counts[kind].updated += 1;
    this.keep(kind);
    if (this.tx !== null) change(this.tx);
  }

  /** The row is there already. */
  keep(kind: ImportKind): void {
    this.counts[kind].found += 1;
    this.counts[kind].stored += 1;
  }

  /** The row is another one's double, and is not stored again. */
  double(kind: ImportKind, name: string, message: string): void {
    this.counts[kind].found += 1;
    this.differ(kind, name, message);
  }

  differ(kind: ImportKind, name: string, message: string): void {
    this.differences.push({ kind, name, message });
  }
}

/** Only what an import wrote last may an import change: persons and agents know better. */
export function isImported(updatedBy: string): boolean {
  return updatedBy.startsWith('import:');
}
