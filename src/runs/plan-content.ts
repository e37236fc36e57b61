import { createHash } from 'node:crypto';
import { leftOutReason } from '../model/left-out';
import { subtasksOf, type Dependency, type Gate, type Plan, type Subtask } from '../model/plan';
import { planOrder, type PlanOrder } from '../model/plan-order';
import type { GateContent } from '../store/repositories/gate-sync';
import type { PlanContent, SubtaskContent } from '../store/repositories/plan-sync';

interface PlanFilesSource {
  path: string;
  plan: Plan;
  files: readonly string[];
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A plan as read, in the form that the database keeps. */
export function planContent(plan: Plan, path: string, sourceHash: string): PlanContent {
  const order = planOrder(plan);
  return {
    path,
    name: plan.name,
    title: plan.title.slice(0, 300),
    format: plan.format,
    sourceHash,
    phases: plan.phases.map((phase) => ({
      key: phase.key,
      title: phase.title,
      parallelSafe: phase.parallelSafe,
      checkpoint: phase.checkpoint,
      dependsOn: origins(order.phases.get(phase.key)),
    })),
    subtasks: subtaskContents(plan, order),
    gates: plan.gates.map(gateContent),
  };
}

function subtaskContents(plan: Plan, order: PlanOrder): SubtaskContent[] {
  const seen = new Map<string, number>();
  return plan.phases.flatMap((phase) =>
    phase.subtasks.map((subtask) => {
      const normal = subtask.title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim();
      const ordinal = (seen.get(normal) ?? 0) + 1;
      seen.set(normal, ordinal);
      const fingerprint = `${normal}#${ordinal}`;
      const dependsOn = origins(order.subtasks.get(subtask.key));
      return { ...subtaskContent(subtask), phaseKey: phase.key, fingerprint, dependsOn };
    }),
  );
}

function subtaskContent(
  subtask: Subtask,
): Omit<SubtaskContent, 'phaseKey' | 'fingerprint' | 'dependsOn'> {
  return {
    key: subtask.key,
    keyOrigin: subtask.keyOrigin,
    title: subtask.title,
    detail: subtask.detail,
    status: subtask.status,
    fileStatus: subtask.fileStatus,
    optional: subtask.optional,
    leftOut: leftOutReason(subtask) !== null,
    files: subtask.files,
    labels: subtask.labels,
    verification: subtask.verification,
    line: subtask.line,
  };
}

/** File conflicts are computed, never stored. */
function origins(
  dependencies: readonly Dependency[] = [],
): { key: string; origin: 'declared' | 'implied' }[] {
  return dependencies.flatMap(({ id, kind }) =>
    kind === 'conflict' ? [] : [{ key: id, origin: kind }],
  );
}

function gateContent(gate: Gate): GateContent {
  const { trigger } = gate;
  return {
    key: gate.key,
    title: gate.title,
    kind: gate.kind,
    trigger: trigger.type,
    phaseKey: 'phaseKey' in trigger ? trigger.phaseKey : null,
    subtaskKey: 'subtaskKey' in trigger ? trigger.subtaskKey : null,
    criteria: gate.criteria.map(({ text, validator }) => ({ text, validator })),
  };
}

/** The files of a plan that hold its subtasks and phases, its own first. */
export function planFilesOf({ path, plan, files }: PlanFilesSource): string[] {
  const standing = plan.phases.flatMap((phase) => [
    phase.path,
    ...phase.subtasks.map((subtask) => subtask.path),
  ]);
  const own = files.includes(path) ? [path] : [];
  return [...new Set([...own, ...standing.filter((one) => one !== null)])];
}

/** The file to show for a plan: its own, or of a folder the one that holds its phases, else any. */
export function mainFileOf(entry: PlanFilesSource): string {
  return planFilesOf(entry)[0] ?? entry.files[0] ?? entry.path;
}

/** The subtask of a plan by its key. */
export function findSubtask(plan: Plan, key: string): Subtask | null {
  return subtasksOf(plan).find((subtask) => subtask.key === key) ?? null;
}
