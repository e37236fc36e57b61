import type { Problem } from '../../model/plan';
import { problem } from '../problems';
import type { PlanDocument, WrittenDependency } from './document';
import { isWhole } from './front-matter';
import { folderKey, planRef, shortRef, type PlanRef } from './ids';
import { phaseFolderOf, treeOf } from './paths';
import { baseName } from '../text';

/** A dependency of a plan with the plan that it names. */
export interface Reference {
  written: WrittenDependency;
  /** `null`: it names no plan. */
  ref: PlanRef | null;
  /** Only the number of a plan, of the same phase. */
  isShort: boolean;
}

/** The plan that a file is: the file's name wins over what its front matter says. */
export function ownRef({ path, stem }: PlanDocument): PlanRef {
  const named = planRef(stem);
  if (named !== null) return named;
  const tree = treeOf(path);
  const folder = tree === null ? null : phaseFolderOf(tree);
  const phase = folderKey(folder ?? stem);
  const number = /^PLAN-(\d+[A-Za-z]?)/.exec(baseName(path))?.[1];
  const short = number === undefined ? null : shortRef(number, phase);
  return short ?? { key: stem, phase, shown: stem };
}

export function referencesOf(document: PlanDocument): Reference[] {
  const { phase } = ownRef(document);
  return document.dependsOn.map((written) => {
    const short = shortRef(written.text, phase);
    return { written, ref: short ?? planRef(written.text), isShort: short !== null };
  });
}

export function shortReference({ written, ref }: Reference, path: string | null): Problem {
  return problem(
    'info',
    'short-dependency-id',
    { ...written, path },
    `${written.text} is read as ${ref?.shown ?? written.text}, a plan of the same phase. Write the phase, too.`,
    isWhole(written) ? ref?.shown : undefined,
  );
}

export function notAPlan({ written }: Reference, path: string | null): Problem {
  return problem(
    'warning',
    'dependency-not-a-plan',
    { ...written, path },
    `${written.text} is no id of a plan, so nothing waits for it. Write an id such as 01-02, or remove it.`,
  );
}
