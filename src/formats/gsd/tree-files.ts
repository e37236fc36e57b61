import type { PlanSource, SourceFile } from '../format';
import { readDocument, type PlanDocument } from './document';
import { folderKey } from './ids';
import { kindOf, phaseFolderOf, summaryPathOf, treeOf } from './paths';
import { ownRef } from './references';
import { readRoadmap, type Roadmap } from './roadmap';
import { readSummary, statusWord, type Summary } from './summary';

/** The folder of a phase, with the files in it that say something. */
export interface PhaseFolder {
  key: string;
  /** Its name; for plans that stand in no folder of a phase, their phase. */
  name: string;
  documents: PlanDocument[];
  /** Words of verifications and acceptance tests, with what they are. */
  verdicts: string[];
}

export interface TreeFiles {
  roadmap: Roadmap | null;
  project: SourceFile | null;
  config: SourceFile | null;
  folders: PhaseFolder[];
  /** By their paths. */
  summaries: Map<string, Summary>;
  /** Summaries that belong to no plan. */
  orphans: Summary[];
}

export function treeFiles(source: PlanSource): TreeFiles {
  const root = source.path;
  const file = (name: string) => source.others?.get(`${root}/${name}`) ?? null;
  const roadmap = file('ROADMAP.md');
  const sorter = new FolderSorter();
  for (const part of source.others?.values() ?? [])
    if (part.path.startsWith(`${root}/phases/`)) sorter.add(part);
  const folders = [...sorter.folders.values()];
  return {
    roadmap: roadmap === null ? null : readRoadmap(roadmap),
    project: file('PROJECT.md'),
    config: file('config.json'),
    folders,
    summaries: sorter.summaries,
    orphans: orphansOf(sorter.summaries, folders),
  };
}

class FolderSorter {
  readonly folders = new Map<string, PhaseFolder>();
  readonly summaries = new Map<string, Summary>();

  add(part: SourceFile): void {
    const kind = kindOf(part.path);
    const place = treeOf(part.path);
    const name = place === null ? null : phaseFolderOf(place);
    const document = kind === 'plan' ? readDocument(part) : null;
    if (kind === 'summary') this.summaries.set(part.path, readSummary(part));
    // A plan beside the folders belongs to the phase of its name.
    const own = name ?? (document === null ? null : ownRef(document).phase);
    if (own === null) return;
    const folder = this.folder(own);
    if (document !== null) folder.documents.push(document);
    const word = kind === 'verification' || kind === 'uat' ? statusWord(part) : null;
    if (word !== null)
      folder.verdicts.push(`${kind === 'uat' ? 'Acceptance test' : 'Verification'}: ${word}`);
  }

  private folder(name: string): PhaseFolder {
    const known = this.folders.get(name);
    if (known !== undefined) return known;
    const made: PhaseFolder = { key: folderKey(name), name, documents: [], verdicts: [] };
    this.folders.set(name, made);
    return made;
  }
}

function orphansOf(
  summaries: ReadonlyMap<string, Summary>,
  folders: readonly PhaseFolder[],
): Summary[] {
  const owned = new Set(
    folders.flatMap(({ documents }) => documents.map(({ path }) => summaryPathOf(path))),
  );
  return [...summaries.values()].filter(
    ({ path }) => path.endsWith('-SUMMARY.md') && !owned.has(path),
  );
}
