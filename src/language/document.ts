import { perFile, type PlanFormat, type PlanSource, type SourceFile } from '../formats/format';
import type { Phase, Plan, PlanReading } from '../model/plan';
import { Positions } from './positions';

/** All the files of a plan with what is read from them together. */
export interface PlanFiles {
  source: PlanSource;
  format: PlanFormat;
  reading: PlanReading;
}

/** A plan as it stands in one file, as the features see it: made anew for each version of its text. */
export interface PlanDocument {
  path: string;
  text: string;
  /** Whether the plan's own place is this file, and not another file or a folder. */
  isOwn: boolean;
  /** At most one plan, with what of it stands in this file. */
  reading: PlanReading;
  /** That plan with what stands in its other files. */
  whole: Plan | null;
  files: PlanFiles;
  positions: Positions;
}

const positionsOf = perFile(({ text }) => new Positions(text));

/**
 * The plans of a file, one document each. A file that holds none has one document without a plan.
 * @param path of the plan's own file or of one of its parts.
 */
export function planDocuments(path: string, files: PlanFiles): PlanDocument[] {
  const { source, reading } = files;
  const file = fileAt(source, path);
  if (file === null) return [];
  const isOwn = source.path === path;
  const of = (whole: Plan | null): PlanDocument => {
    const plans = whole === null ? [] : [standingIn(whole, source.path, path)];
    const { text } = file;
    const positions = positionsOf(file);
    return { path, text, isOwn, reading: { ...reading, plans }, whole, files, positions };
  };
  return reading.plans.length === 0 ? [of(null)] : reading.plans.map(of);
}

/** One of the files of a plan; `null`: it is none of them. */
export function fileAt(source: PlanSource, path: string): SourceFile | null {
  return path === source.path ? source : (source.others?.get(path) ?? null);
}

/** Leads between offsets and positions in any file of the document's plan. */
export function positionsIn({ files: { source } }: PlanDocument, path: string): Positions | null {
  const file = fileAt(source, path);
  return file === null ? null : positionsOf(file);
}

function standingIn(plan: Plan, home: string, path: string): Plan {
  const isHere = (where: string | null) => (where ?? home) === path;
  const phases = plan.phases.flatMap((phase): Phase[] => {
    const subtasks = phase.subtasks.filter((subtask) => isHere(subtask.path));
    if (isHere(phase.path)) return [{ ...phase, subtasks }];
    const [first] = subtasks;
    // Its heading stands elsewhere: here it is what its subtasks are below, and no more.
    return first === undefined
      ? []
      : [{ ...phase, id: null, subtasks, line: first.line, range: first.range }];
  });
  return { ...plan, phases, gates: home === path ? plan.gates : [] };
}
