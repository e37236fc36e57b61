import { fileConflicts } from '../model/file-conflicts';
import { subtasksOf, type Dependency, type Plan, type Problem } from '../model/plan';
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
  title: string | null;
  phases: {
    id: string | null;
    title: string;
    checkpoint: string | null;
    dependsOn: DependencyJson[];
    subtasks: {
      id: string;
      title: string;
      status: string;
      /** Only an engine knows. */
      proof: null;
      dependsOn: DependencyJson[];
      files: string[];
      labels: string[];
      optional: boolean;
      line: number;
    }[];
  }[];
  counts: { phases: number; subtasks: number; done: number };
  gates: { id: string; title: string; line: number }[];
  problems: ProblemJson[];
}

export interface ProblemJson {
  rule: string;
  severity: string;
  line: number;
  message: string;
}

/** One entry for each plan of a file; a file that could not be read gives one that says why. */
export function plansJson(file: ReadFile): PlanJson[] {
  const { plans, problems } = file.reading;
  const listed = problems.map(problemJson);
  if (plans.length === 0 && listed.length > 0)
    return [
      {
        path: file.path,
        format: file.format?.name ?? null,
        title: null,
        phases: [],
        counts: { phases: 0, subtasks: 0, done: 0 },
        gates: [],
        problems: listed,
      },
    ];
  return plans.map((plan) => planJson(file.path, plan, listed));
}

export function problemJson({ rule, severity, line, message }: Problem): ProblemJson {
  return { rule, severity, line, message };
}

function planJson(path: string, plan: Plan, problems: ProblemJson[]): PlanJson {
  const conflicts = fileConflicts(plan);
  const subtasks = subtasksOf(plan);
  return {
    path,
    format: plan.format,
    title: plan.title,
    phases: plan.phases.map(({ id, title, checkpoint, dependsOn, subtasks: own }) => ({
      id,
      title,
      checkpoint,
      dependsOn: dependsOn.map(dependencyJson),
      subtasks: own.map((subtask) => ({
        id: subtask.id,
        title: subtask.title,
        status: subtask.status,
        proof: null,
        dependsOn: [...subtask.dependsOn, ...(conflicts.get(subtask.key) ?? [])].map(
          dependencyJson,
        ),
        files: subtask.files,
        labels: subtask.labels,
        optional: subtask.optional,
        line: subtask.line,
      })),
    })),
    counts: {
      phases: plan.declaredPhases,
      subtasks: subtasks.length,
      done: subtasks.filter(({ status }) => status === 'claimed').length,
    },
    gates: plan.gates.map(({ id, title, line }) => ({ id, title, line })),
    problems,
  };
}

function dependencyJson({ id, kind }: Dependency): DependencyJson {
  return { id, kind };
}
