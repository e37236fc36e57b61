import { Disposable } from 'vscode';
import { pauseRuns, resumeRuns } from '../../protocol/messages';
import type { PlanView, SubtaskView } from '../../protocol/views';
import { commandIds, type CommandId } from '../command-ids';
import type { Services } from '../services';
import { register, type Target } from './register';
import { phaseOf, planOf, subtaskOf } from './targets';

type Uses = Pick<Services, 'connection' | 'errors' | 'mirror'>;
type Switch = typeof pauseRuns | typeof resumeRuns;

/** What stands still or goes on; `undefined`: nothing, or the person does not want to. */
interface Scope {
  planId: string;
  phases?: string[];
  subtasks?: string[];
}

/** Lets plans, phases and subtasks stand still and go on, their processes too. */
export function registerPauseRuns(services: Uses): Disposable {
  const { mirror } = services;
  const plan = (offers: (plan: PlanView) => boolean) => async (target: Target | undefined) => {
    const found = await planOf(mirror, target, offers);
    return found === undefined ? undefined : { planId: found.id };
  };
  const phase = async (target: Target | undefined) => {
    const found = await phaseOf(mirror, target);
    if (found === undefined) return undefined;
    return { planId: found.plan.id, phases: [found.phase.key] };
  };
  const subtask =
    (offers: (subtask: SubtaskView) => boolean) => async (target: Target | undefined) => {
      const found = await subtaskOf(mirror, target, offers);
      return found === undefined ? undefined : { planId: found.planId, subtasks: [found.key] };
    };
  const mayStart = ({ status, pause }: SubtaskView) =>
    pause === null && (status === 'pending' || status === 'in_progress' || status === 'in_review');
  const isPaused = ({ pause }: SubtaskView) => pause?.of === 'subtask';
  return Disposable.from(
    registerOne(
      services,
      commandIds.pausePlan,
      pauseRuns,
      plan(({ isBeingRun }) => isBeingRun),
    ),
    registerOne(
      services,
      commandIds.resumePlan,
      resumeRuns,
      plan(({ pause }) => pause !== null),
    ),
    registerOne(services, commandIds.pausePhase, pauseRuns, phase),
    registerOne(services, commandIds.resumePhase, resumeRuns, phase),
    registerOne(services, commandIds.pauseSubtask, pauseRuns, subtask(mayStart)),
    registerOne(services, commandIds.resumeSubtask, resumeRuns, subtask(isPaused)),
  );
}

function registerOne(
  { connection, errors }: Uses,
  id: CommandId,
  definition: Switch,
  scopeOf: (target: Target | undefined) => Promise<Scope | undefined>,
): Disposable {
  return register(id, errors, async (target) => {
    const scope = await scopeOf(target);
    if (scope !== undefined) await connection.request(definition, { ...scope, reason: '' });
  });
}
