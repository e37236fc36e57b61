import type { Problem } from '../../model/plan';
import { problem } from '../problems';
import { groupOf, type Group } from './group';
import { compareNames, comparePhases } from './ids';
import { summaryPathOf } from './paths';
import type { PhaseFolder, TreeFiles } from './tree-files';

/** The groups of a tree by the folder of their phase, in the order of their numbers. */
export interface PhaseGroups {
  folder: PhaseFolder;
  groups: Group[];
}

export function groupsOf({ folders, summaries }: TreeFiles, problems: Problem[]): PhaseGroups[] {
  const stems = new Map<string, number>();
  for (const { documents } of folders)
    for (const { stem } of documents) stems.set(stem, (stems.get(stem) ?? 0) + 1);
  return folders
    .toSorted((a, b) => comparePhases(a.key, b.key) || compareNames(a.name, b.name))
    .map((folder) => {
      const groups = folder.documents
        .filter(({ superseded }) => !superseded)
        .toSorted((a, b) => compareNames(a.stem, b.stem))
        .map((document) => {
          const { stem, path } = document;
          const isShared = (stems.get(stem) ?? 0) > 1;
          if (isShared) problems.push(duplicatePlan(document.path, stem));
          const summary = summaries.get(summaryPathOf(path)) ?? null;
          return groupOf(document, isShared ? `${folder.name}/${stem}` : stem, summary, path);
        });
      return { folder, groups };
    });
}

function duplicatePlan(path: string, stem: string): Problem {
  return problem(
    'warning',
    'duplicate-plan-id',
    { line: 1, range: null, path },
    `Another phase has a plan ${stem}, too, so the ids here begin with the folder. Give one of them another number.`,
  );
}
