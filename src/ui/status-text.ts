import { t } from '@vscode/l10n';
import type { Mirror } from '../protocol/mirror';
import { localTime } from './tree/figures';

/** How much goes on, stands still and waits. */
export interface Activity {
  running: number;
  paused: number;
  /** Subtasks that go on by themselves at a time: their next attempt is due, or their agent is tried. */
  waiting: number;
  /** The first of these times. */
  next: string | null;
  needs: number;
}

export function activityOf({ runs, plans, subtasks, needs }: Mirror): Activity {
  const live = [...runs.values()].filter((run) => run.state !== 'ended');
  const frozen = live.filter((run) => run.state === 'paused').length;
  const beingRun = new Set([...plans.values()].filter((one) => one.isBeingRun).map(({ id }) => id));
  // A plan that is paused shows it also when nothing of it was running.
  const stillPlans = [...plans.values()].filter(
    ({ pause, counts }) => pause !== null && counts.paused === 0,
  ).length;
  const times = [...subtasks.values()].flatMap(({ planId, waitsFor }) => {
    const until = waitsFor?.until ?? null;
    return until !== null && beingRun.has(planId) ? [until] : [];
  });
  return {
    running: live.filter((run) => run.state !== 'paused' && run.state !== 'waiting').length,
    paused: frozen + stillPlans,
    waiting: times.length,
    next: times.toSorted()[0] ?? null,
    needs: needs.size,
  };
}

/** Whether there is something that could be stopped. */
export function isAnythingLive({ runs, plans }: Mirror): boolean {
  return (
    [...runs.values()].some((run) => run.state !== 'ended') ||
    [...plans.values()].some(({ isBeingRun, pause }) => isBeingRun || pause !== null)
  );
}

function iconOf({ running, paused, waiting }: Activity): string {
  if (running > 0) return '$(sync~spin)';
  if (waiting > 0) return '$(history)';
  return paused > 0 ? '$(debug-pause)' : '$(bell-dot)';
}

/** `$(sync~spin) 2 running · 1 paused · 1 needs you`; empty when nothing is the case. */
export function statusText(activity: Activity): string {
  const { running, paused, waiting, next, needs } = activity;
  const parts = [
    running > 0 ? t('{0} running', running) : '',
    paused > 0 ? t('{0} paused', paused) : '',
    waiting > 0 && next !== null ? t('{0} waiting until {1}', waiting, localTime(next)) : '',
    needs === 1 ? t('1 needs you') : needs > 1 ? t('{0} need you', needs) : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `${iconOf(activity)} ${parts.join(' · ')}`;
}
