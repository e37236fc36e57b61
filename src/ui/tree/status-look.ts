import { t } from '@vscode/l10n';
import type { GateState, RunOutcome, RunState, Verdict } from '../../model/status';
import type { RunView, SubtaskView, WaitView } from '../../protocol/views';
import { localTime } from './figures';

/** How a status is shown: by a word, an icon of its own shape, and a colour. */
export interface Look {
  word: string;
  icon: string;
  color: string | null;
}

export const colors = {
  good: 'testing.iconPassed',
  bad: 'problemsErrorIcon.foreground',
  warning: 'problemsWarningIcon.foreground',
  active: 'charts.blue',
  quiet: 'disabledForeground',
} as const;

export function isReady(subtask: SubtaskView): boolean {
  return subtask.status === 'pending' && subtask.whyNotReady.length === 0;
}

function pausedLook(): Look {
  return { word: t('paused'), icon: 'debug-pause', color: colors.warning };
}

/** What a file says of open work beside its being open; Runsheet itself has not begun it. */
function fileLook({ fileSays }: SubtaskView): Look | null {
  switch (fileSays) {
    case 'in_progress':
      return { word: t('in progress in its file'), icon: 'play-circle', color: colors.active };
    case 'blocked':
      return { word: t('blocked in its file'), icon: 'circle-slash', color: colors.warning };
    case 'failed':
      return { word: t('failed in its file'), icon: 'error', color: colors.warning };
    default:
      return null;
  }
}

function pendingLook(subtask: SubtaskView): Look {
  if (subtask.pause !== null) return pausedLook();
  const says = subtask.waitsFor === null ? fileLook(subtask) : null;
  if (says !== null) return says;
  if (isReady(subtask)) return { word: t('ready'), icon: 'circle-large', color: colors.active };
  const { waitsFor } = subtask;
  if (waitsFor !== null) return waitLook(waitsFor);
  return { word: t('waiting'), icon: 'ellipsis', color: colors.quiet };
}

function waitLook({ kind, until }: WaitView): Look {
  const time = until === null ? null : localTime(until);
  switch (kind) {
    case 'retry':
      return {
        word: time === null ? t('next attempt follows') : t('next attempt at {0}', time),
        icon: 'history',
        color: colors.active,
      };
    case 'agent':
      return {
        word: time === null ? t('its agent needs you') : t('its agent is paused until {0}', time),
        icon: 'plug',
        color: colors.warning,
      };
    case 'budget':
      return { word: t('budget used up'), icon: 'dashboard', color: colors.warning };
  }
}

/**
 * Claimed, accepted and proven differ in word and shape: only proof is a filled mark.
 * @param run the subtask's last run, when it is known: it may stand still.
 */
export function subtaskLook(subtask: SubtaskView, run: Pick<RunView, 'state'> | null = null): Look {
  if (subtask.leftOut)
    return { word: t('left out in its file'), icon: 'debug-step-over', color: colors.quiet };
  switch (subtask.status) {
    case 'pending':
      return pendingLook(subtask);
    case 'claimed':
      return { word: t('claimed, not proven'), icon: 'unverified', color: colors.warning };
    case 'in_progress':
      if (run?.state === 'paused' || run?.state === 'waiting') return liveLook(run.state);
      return { word: t('running'), icon: 'sync~spin', color: colors.active };
    case 'in_review':
      return { word: t('being checked'), icon: 'beaker', color: colors.active };
    case 'blocked':
      return { word: t('blocked'), icon: 'circle-slash', color: colors.warning };
    case 'needs_attention':
      return { word: t('needs you'), icon: 'warning', color: colors.warning };
    case 'done':
      return subtask.proof === 'accepted'
        ? { word: t('accepted'), icon: 'verified', color: colors.good }
        : { word: t('proven'), icon: 'verified-filled', color: colors.good };
    case 'failed':
      return { word: t('failed'), icon: 'error', color: colors.bad };
    case 'skipped':
      return { word: t('skipped'), icon: 'debug-step-over', color: colors.quiet };
    case 'cancelled':
      return { word: t('cancelled'), icon: 'circle-slash', color: colors.quiet };
  }
}

export function gateLook(state: GateState): Look {
  switch (state) {
    case 'waiting':
      return { word: t('gate, not reached'), icon: 'lock', color: colors.quiet };
    case 'open':
      return { word: t('gate, waits for a decision'), icon: 'bell-dot', color: colors.warning };
    case 'approved':
      return { word: t('gate, approved'), icon: 'unlock', color: colors.good };
    case 'rejected':
      return { word: t('gate, rejected'), icon: 'error', color: colors.bad };
    case 'overridden':
      return { word: t('gate, overridden'), icon: 'unlock', color: colors.warning };
    case 'cancelled':
      return { word: t('gate, cancelled'), icon: 'circle-slash', color: colors.quiet };
  }
}

export function verdictWord(verdict: Verdict): string {
  switch (verdict) {
    case 'passed':
      return t('passed');
    case 'failed':
      return t('not passed');
    case 'partial':
      return t('partly passed');
    case 'error':
      return t('checks could not run');
    case 'unverified':
      return t('unverified');
  }
}

export function outcomeWord(outcome: RunOutcome): string {
  switch (outcome) {
    case 'completed':
      return t('completed');
    case 'failed':
      return t('failed');
    case 'timed_out':
      return t('timed out');
    case 'over_budget':
      return t('over budget');
    case 'cancelled':
      return t('stopped');
    case 'interrupted':
      return t('interrupted');
  }
}

function liveLook(state: Exclude<RunState, 'ended'>): Look {
  switch (state) {
    case 'queued':
      return { word: t('queued'), icon: 'ellipsis', color: colors.quiet };
    case 'spawning':
      return { word: t('starting'), icon: 'sync~spin', color: colors.active };
    case 'running':
      return { word: t('running'), icon: 'sync~spin', color: colors.active };
    case 'waiting':
      return { word: t('waits for you'), icon: 'bell-dot', color: colors.warning };
    case 'paused':
      return pausedLook();
    case 'verifying':
      return { word: t('being checked'), icon: 'beaker', color: colors.active };
    case 'merging':
      return { word: t('merging'), icon: 'git-merge', color: colors.active };
    case 'cancelling':
      return { word: t('stopping'), icon: 'debug-stop', color: colors.warning };
  }
}

/** A completed run is good only when its checks passed. */
export function runLook(run: Pick<RunView, 'state' | 'outcome' | 'verdict'>): Look {
  if (run.state !== 'ended') return liveLook(run.state);
  switch (run.outcome) {
    case 'completed':
      return run.verdict === 'passed'
        ? { word: t('passed'), icon: 'verified-filled', color: colors.good }
        : {
            word: verdictWord(run.verdict ?? 'unverified'),
            icon: 'unverified',
            color: colors.warning,
          };
    case 'cancelled':
      return { word: t('stopped'), icon: 'circle-slash', color: colors.quiet };
    case 'interrupted':
      return { word: t('interrupted'), icon: 'debug-disconnect', color: colors.warning };
    case 'failed':
    case 'timed_out':
    case 'over_budget':
      return { word: outcomeWord(run.outcome), icon: 'error', color: colors.bad };
    case null:
      return { word: t('ended'), icon: 'circle-slash', color: colors.quiet };
  }
}
