import { t } from '@vscode/l10n';
import type { PanelStrings } from '../../protocol/panel';

/** The panel's words in the person's language. */
export function panelStrings(): PanelStrings {
  return {
    plan: t('Plan'),
    overall: t('Overall progress'),
    phases: t('Phases'),
    gates: t('Gates'),
    running: t('Running Now'),
    nothingRuns: t('Nothing is running.'),
    runs: t('Runs'),
    noRuns: t('No run yet.'),
    noPlan: t('There is no plan in this workspace.'),
    transcript: t('Transcript'),
    chooseRun: t('Choose a run to see what its agent does.'),
    noEvents: t('No events yet.'),
    omitted: t('{0} earlier events are left out.', '{0}'),
    reconnecting: t('The engine went away. Reconnecting…'),
    proven: t('proven'),
    accepted: t('accepted'),
    claimed: t('claimed'),
    runningWord: t('running'),
    failed: t('failed or needs you'),
    remaining: t('to do'),
    runPlan: t('Run Plan'),
    runPhase: t('Run Phase'),
    stopPlan: t('Stop Plan'),
    stopRun: t('Stop Run'),
    openTranscript: t('Open Transcript'),
    openDiff: t('Open Diff'),
    openFile: t('Open Plan File'),
    approve: t('Approve'),
    reject: t('Reject…'),
    attempt: t('attempt {0}', '{0}'),
    needsYou: t('Waiting for you: {0}', '{0}'),
    show: t('Show'),
    jumpToEnd: t('Jump to the End'),
  };
}
