import {
  phaseDefaults,
  planDefaults,
  subtaskDefaults,
  type Dependency,
  type Facts,
  type Gate,
  type Phase,
  type Plan,
  type SourceRange,
  type Subtask,
} from '../../model/plan';
import { dropContradictions } from '../graph';
import { staysInside } from '../problems';

// The parts of a plan, whichever file they come from.

export interface LeafStart extends Partial<Subtask> {
  key: string;
  title: string;
  line: number;
  range: SourceRange;
}

export function leafOf(start: LeafStart): Subtask {
  const files = (start.files ?? []).filter(staysInside);
  return {
    ...subtaskDefaults,
    keyOrigin: 'declared',
    id: start.key,
    dependsOn: [],
    labels: [],
    verification: [],
    checks: [],
    ...start,
    files: [...new Set(files)],
  };
}

export interface PhaseStart extends Partial<Phase> {
  key: string;
  title: string;
  line: number;
  range: SourceRange;
}

export function phaseOf(start: PhaseStart): Phase {
  return { ...phaseDefaults, id: start.key, dependsOn: [], subtasks: [], ...start };
}

function implied(id: string): Dependency {
  return { id, kind: 'implied', range: null };
}

/** Batches follow each other, and so do the subtasks of one that is not safe to run in parallel. */
export function linkBatches(phases: readonly Phase[]): void {
  phases.forEach((phase, position) => {
    const before = phases[position - 1]?.id ?? null;
    if (before !== null) phase.dependsOn = [implied(before)];
    if (phase.parallelSafe === false) followEachOther(phase.subtasks);
  });
  dropContradictions(phases);
}

function followEachOther(subtasks: readonly Subtask[]): void {
  subtasks.forEach((subtask, position) => {
    const before = subtasks[position - 1]?.key;
    const known = subtask.dependsOn.some(({ id }) => id === before);
    if (before !== undefined && !known) subtask.dependsOn.push(implied(before));
  });
}

const statusNote =
  'Nothing is written into the files of a session: how far its tasks are is kept in the database.';

export interface PlanStart {
  title: string;
  description?: string;
  phases: Phase[];
  declaredPhases: number;
  gates?: readonly Gate[];
  facts: Facts;
  /** Whether the phases are batches, which say what may run at one time. */
  batches?: boolean;
}

export function planOf({ batches = false, ...start }: PlanStart): Plan {
  const plan: Plan = { ...planDefaults, format: 'vp-ops', statusNote, ...start };
  const waves = plan.phases.filter(({ id }) => id !== null);
  return batches
    ? {
        ...plan,
        waves: waves.map((phase) => ({
          id: phase.id ?? phase.key,
          title: phase.title,
          keys: phase.subtasks.map(({ key }) => key),
        })),
      }
    : plan;
}

/** Leaves by the ids that their file writes; of a repeated id the first. */
export function byId(phases: readonly Phase[]): Map<string, Subtask> {
  const all = phases.flatMap(({ subtasks }) => subtasks);
  return new Map(all.toReversed().map((subtask) => [subtask.id, subtask]));
}
