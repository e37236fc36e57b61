import { fileConflicts } from '../model/file-conflicts';
import { leftOutReason } from '../model/left-out';
import {
  subtasksOf,
  type Dependency,
  type Facts,
  type Plan,
  type Problem,
  type Subtask,
} from '../model/plan';
import { graphOf } from '../model/plan-graph';
import type { ReadFile } from './plan-files';

// The shapes of `runsheet plan --json` and `lint --json`; other programs read them. A plan's
// problems are those of its format; `lint` adds what the rules of the language server find.

interface DependencyJson {
  id: string;
  kind: Dependency['kind'];
}

export interface PlanJson {
  path: string;
  format: string | null;
  /** What the file is, in the format's word: `plan`, `roadmap`, `progress_log` … */
  kind: string;
  /** Tells the plans of one file apart; empty for the only one. */
  name: string;
  title: string | null;
  description: string;
  /** Where statuses are written, when that is not at each subtask. */
  statusNote: string | null;
  /** What the format knows beside the model. */
  facts: Facts;
  phases: {
    id: string | null;
    title: string;
    checkpoint: string | null;
    dependsOn: DependencyJson[];
    subtasks: {
      id: string;
      title: string;
      detail: string;
      status: string;
      /** The file's own word or mark. */
      fileStatus: string | null;
      /** Only an engine knows. */
      proof: null;
      dependsOn: DependencyJson[];
      files: string[];
      labels: string[];
      verification: string[];
      optional: boolean;
      agent: string | null;
      notReady: string | null;
      /** Why the file leaves it out, as a clause; `null` when it is to be done. */
      leftOut: string | null;
      /** The file where it stands, when that is not the plan's own. */
      file: string | null;
      line: number;
    }[];
  }[];
  /** `leftOut`: of the subtasks, those that the file leaves out. */
  counts: { phases: number; subtasks: number; done: number; leftOut: number };
  gates: { id: string; title: string; line: number }[];
  /** The waves that the file declares, and those that its dependencies give: ids. */
  waves: { declared: { id: string; subtasks: string[] }[]; computed: string[][] };
  problems: ProblemJson[];
}

export interface ProblemJson {
  rule: string;
  severity: string;
  line: number;
  message: string;
  /** The file that it is about, when that is not the plan's own. */
  file?: string;
}

/** One entry for each plan of a file; a file that could not be read gives one that says why. */
export function plansJson(file: ReadFile): PlanJson[] {
  const { plans, problems, kind, facts } = file.reading;
  const listed = problems.map(problemJson);
  if (plans.length > 0) return plans.map((plan) => planJson(file.path, kind, plan, listed));
  return [
    {
      path: file.path,
      format: file.format?.name ?? null,
      ...{ kind, name: '', title: null, description: '', statusNote: null, facts },
      phases: [],
      counts: { phases: 0, subtasks: 0, done: 0, leftOut: 0 },
      gates: [],
      waves: { declared: [], computed: [] },
      problems: listed,
    },
  ];
}

export function problemJson({ rule, severity, line, message, path }: Problem): ProblemJson {
  return { rule, severity, line, message, ...(path === undefined ? {} : { file: path }) };
}

function planJson(path: string, kind: string, plan: Plan, problems: ProblemJson[]): PlanJson {
  const conflicts = fileConflicts(plan);
  const subtasks = subtasksOf(plan);
  return {
    path,
    format: plan.format,
    kind,
    name: plan.name,
    title: plan.title,
    description: plan.description,
    statusNote: plan.statusNote,
    facts: plan.facts,
    phases: plan.phases.map(({ id, title, checkpoint, dependsOn, subtasks: own }) => ({
      id,
      title,
      checkpoint,
      dependsOn: dependsOn.map(dependencyJson),
      subtasks: own.map((subtask) => ({
        id: subtask.id,
        title: subtask.title,
        detail: subtask.detail,
        status: subtask.status,
        fileStatus: subtask.fileStatus,
        proof: null,
        dependsOn: [...subtask.dependsOn, ...(conflicts.get(subtask.key) ?? [])].map(
          dependencyJson,
        ),
        files: subtask.files,
        labels: subtask.labels,
        verification: subtask.verification,
        optional: subtask.optional,
        agent: subtask.agent,
        notReady: subtask.notReady,
        leftOut: leftOutReason(subtask),
        file: subtask.path,
        line: subtask.line,
      })),
    })),
    counts: {
      phases: plan.declaredPhases,
      subtasks: subtasks.length,
      done: subtasks.filter(({ status }) => status === 'claimed').length,
      leftOut: subtasks.filter(isToBeLeft).length,
    },
    gates: plan.gates.map(({ id, title, line }) => ({ id, title, line })),
    waves: wavesJson(plan),
    problems,
  };
}

function isToBeLeft(subtask: Subtask): boolean {
  return subtask.status !== 'claimed' && leftOutReason(subtask) !== null;
}

function wavesJson(plan: Plan): PlanJson['waves'] {
  const ids = new Map(subtasksOf(plan).map(({ key, id }) => [key, id]));
  const named = (keys: readonly string[]) => keys.map((key) => ids.get(key) ?? key);
  return {
    declared: plan.waves.map(({ id, keys }) => ({ id, subtasks: named(keys) })),
    computed: graphOf(plan).waves.map(named),
  };
}

function dependencyJson({ id, kind }: Dependency): DependencyJson {
  return { id, kind };
}
