import {
  phaseDefaults,
  planDefaults,
  type Facts,
  type Phase,
  type Plan,
  type Problem,
} from '../../model/plan';
import type { PlanSource } from '../format';
import { problem } from '../problems';
import type { Group } from './group';
import { groupOrder, type GroupOrder } from './group-order';
import { groupsOf, type PhaseGroups } from './groups';
import { comparePhases, isBacklog } from './ids';
import { linkGroups, linkPhases } from './links';
import { ownRef } from './references';
import type { Roadmap, RoadmapPhase } from './roadmap';
import { roadmapProblems, summaryProblems } from './roadmap-problems';
import { settingsOf } from './config';
import { treeFiles, type PhaseFolder } from './tree-files';
import { phaseTitleOf, statusNoteOf, wordsOf } from './tree-words';
import { waveProblems, wavesOf } from './wave-problems';

/** A `.planning` folder: one plan with the phases of its roadmap and of its folders. */
export interface TreeReading {
  plan: Plan;
  groups: Group[];
  roadmap: Roadmap | null;
  problems: Problem[];
}

export function readTree(source: PlanSource): TreeReading {
  const files = treeFiles(source);
  const problems: Problem[] = [];
  const byFolder = groupsOf(files, problems);
  const groups = byFolder.flatMap((phase) => phase.groups);
  const superseded = supersededIn(files.folders);
  const order = groupOrder(groups, superseded);
  linkGroups(groups, order);
  const declared = new Map(files.roadmap?.phases.map((phase) => [phase.key, phase]) ?? []);
  const phases = phasesOf(byFolder, declared, files.roadmap);
  linkPhases(phases, declared);
  const plan: Plan = {
    ...planDefaults,
    format: 'gsd',
    ...wordsOf(files, source.path),
    statusNote: statusNoteOf(files.roadmap, groups),
    facts: factsOf(groups, order, phases),
    waves: wavesOf(byFolder),
    phases,
    settings: settingsOf(files.config),
    declaredPhases: phases.filter(({ key }) => !isBacklog(key)).length,
  };
  problems.push(
    ...groups.flatMap(({ document }) =>
      document.problems.map((one) => ({ ...one, path: document.path })),
    ),
    ...order.problems,
    ...sharedNumbers(files.folders),
    ...waveProblems(byFolder, groups, order),
    ...summaryProblems(groups, files.orphans),
    ...ofRoadmap(files.roadmap, groups, superseded),
  );
  return { plan, groups, roadmap: files.roadmap, problems };
}

/** Keys and stems of plans that are not to be carried out any more. */
function supersededIn(folders: readonly PhaseFolder[]): Set<string> {
  const gone = folders.flatMap(({ documents }) => documents.filter(({ superseded }) => superseded));
  return new Set(gone.flatMap((document) => [ownRef(document).key, document.stem]));
}

function ofRoadmap(
  roadmap: Roadmap | null,
  groups: readonly Group[],
  superseded: ReadonlySet<string>,
): Problem[] {
  if (roadmap === null) return [];
  const own = roadmap.problems.map((one) => ({ ...one, path: roadmap.path }));
  return [...own, ...roadmapProblems(roadmap, groups, superseded)];
}

/** The phases that the roadmap declares, and those that only have a folder. */
function phasesOf(
  byFolder: readonly PhaseGroups[],
  declared: ReadonlyMap<string, RoadmapPhase>,
  roadmap: Roadmap | null,
): Phase[] {
  const keys = new Set([...declared.keys(), ...byFolder.map(({ folder }) => folder.key)]);
  return [...keys].sort(comparePhases).flatMap((key): Phase[] => {
    const own = byFolder.filter(({ folder }) => folder.key === key);
    const groups = own.flatMap((one) => one.groups);
    const named = declared.get(key);
    // Ideas for later that nobody has planned are no phases.
    if (isBacklog(key) && groups.length === 0) return [];
    const at =
      named === undefined
        ? { path: groups[0]?.document.path ?? null, line: 1, range: { start: 0, end: 0 } }
        : { path: roadmap?.path ?? null, line: named.line, range: named.range };
    const verdicts = own.flatMap(({ folder }) => folder.verdicts);
    return [
      {
        ...phaseDefaults,
        key,
        id: isBacklog(key) ? null : key,
        title: named?.title ?? phaseTitleOf(own[0]?.folder.name ?? key),
        checkpoint: verdicts.length === 0 ? null : verdicts.join('\n'),
        dependsOn: [],
        subtasks: groups.flatMap(({ subtasks }) =>
          isBacklog(key) ? subtasks.map(later) : subtasks,
        ),
        ...at,
      },
    ];
  });
}

function later<T extends { leftOut: string | null }>(subtask: T): T {
  return { ...subtask, leftOut: 'its phase is in the backlog, without a number of its own' };
}

function factsOf(groups: readonly Group[], { edges }: GroupOrder, phases: readonly Phase[]): Facts {
  const shown = (position: number) => groups[position]?.ref.shown ?? '';
  return {
    plans: groups.length,
    plansDone: groups.filter(({ summary }) => summary?.state === 'done').length,
    edges: edges.map(({ before, after }) => [shown(before), shown(after)]),
    phaseEdges: phases.flatMap(({ key, dependsOn }) =>
      dependsOn.filter(({ kind }) => kind === 'declared').map(({ id }) => [id, key]),
    ),
  };
}

function sharedNumbers(folders: readonly PhaseFolder[]): Problem[] {
  const first = new Map<string, PhaseFolder>();
  return folders.flatMap((folder): Problem[] => {
    const known = first.get(folder.key);
    if (known === undefined) {
      first.set(folder.key, folder);
      return [];
    }
    const path = folder.documents[0]?.path ?? null;
    const message = `The folders ${known.name} and ${folder.name} are both phase ${folder.key}; they are shown as one. Give one of them another number.`;
    return [problem('warning', 'phase-number-duplicate', { line: 1, range: null, path }, message)];
  });
}
