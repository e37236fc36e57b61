import {
  inOneLine,
  progressText,
  type LoggedPlan,
  type LoggedSubtask,
  type ProgressLog,
} from '../formats/progress-log';
import { progressLogOf } from '../formats/progress-logs';
import { RunsheetError } from '../model/errors';
import type { Phase } from '../model/plan';
import { timestamp, type Clock } from '../platform/clock';
import type { OwnFiles } from './own-files';
import type { PlanState } from './plan-state';
import type { WorkspaceState } from './workspace-state';

export interface GeneratedLog {
  planId: string;
  path: string;
  text: string;
}

/** The progress logs of plans whose formats have one, from the database. */
export class ProgressLogs {
  constructor(
    private readonly state: WorkspaceState,
    private readonly own: OwnFiles,
    private readonly clock: Clock,
  ) {}

  /** @throws RunsheetError `not_found`, `validation` (no log in this format), `forbidden`. */
  async generate(planId: string): Promise<GeneratedLog> {
    return (await this.compose(planId)).log;
  }

  /**
   * Writes it at the top of its file, before what others have added to it.
   * @throws RunsheetError as `generate`, and `not_ready`.
   */
  async write(planId: string): Promise<GeneratedLog> {
    const { log, before } = await this.compose(planId);
    await this.own.write(log.path, log.text, before);
    return log;
  }

  private async compose(planId: string): Promise<{ log: GeneratedLog; before: string | null }> {
    const plan = this.state.plans.get(planId);
    if (plan === undefined)
      throw new RunsheetError('not_found', `There is no plan ${planId}.`, { planId });
    const kind = logOf(plan);
    const path = kind.path(plan.entry.path);
    const before = await this.own.read(path);
    const text = progressText(kind, loggedPlan(plan), timestamp(this.clock), before);
    if (text !== null) return { log: { planId, path, text }, before };
    const message = `${path} is the log of an agent or a person, so it is not written to. Move it away, and Runsheet writes its own.`;
    throw new RunsheetError('forbidden', message, { path });
  }
}

function logOf({ entry }: PlanState): ProgressLog {
  const log = progressLogOf(entry.format.name, entry.path);
  if (log !== null) return log;
  const message = `${entry.reference} (${entry.format.title}) has no progress log: only the plans of Auto-Claude and the feature lists of AutoBuildr have one. The status report tells of all plans.`;
  throw new RunsheetError('validation', message, { path: entry.path });
}

function loggedPlan(state: PlanState): LoggedPlan {
  const { title, phases } = state.entry.plan;
  return {
    title,
    phases: phases.map((phase) => ({
      title: phase.title,
      dependsOn: placesOf(phase, phases),
      subtasks: phase.subtasks.flatMap(({ key }) => loggedSubtask(state, key)),
    })),
  };
}

function placesOf({ key, dependsOn }: Phase, phases: readonly Phase[]): number[] {
  const places = dependsOn.map(({ id }) =>
    phases.findIndex((one) => one.key === id || one.id === id),
  );
  return [...new Set(places)].filter((place) => place >= 0 && phases[place]?.key !== key);
}

function loggedSubtask(state: PlanState, key: string): LoggedSubtask[] {
  const row = state.byKey(key);
  if (row === null) return [];
  const { title, status, proof, status_reason: reason } = row;
  const attempts = state.attempts.get(row.id)?.used ?? 0;
  const said = reason === null ? null : inOneLine(reason).slice(0, 200);
  return [{ key, title, status, proof, attempts, reason: said }];
}
