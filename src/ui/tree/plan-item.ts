import { t } from '@vscode/l10n';
import { progressLogFormats } from '../../model/progress-log-formats';
import type { PlanState } from '../../model/status';
import type { PlanView } from '../../protocol/views';
import { localTime } from './figures';
import type { TreeNode, TreeRow } from './item';
import { bullets, escapeMarkdown, paragraphs, withoutEmphasis } from './markdown';
import { progressSentence, progressText } from './progress-text';
import { colors } from './status-look';

export function planNode(plan: PlanView): TreeNode {
  return { kind: 'plan', nodeId: `plan:${plan.id}`, planId: plan.id };
}

/**
 * @param planCount the only plan of a workspace is shown open.
 * @param hasNamesake whether another plan has the same title: their paths tell them apart.
 */
export function planRow(plan: PlanView, planCount: number, hasNamesake = false): TreeRow {
  const progress = progressSentence(plan.counts);
  const place = hasNamesake ? [plan.path] : [];
  return {
    label: withoutEmphasis(plan.title),
    description: [...standingOf(plan), progressText(plan.counts), ...place].join(' · '),
    tooltip: tooltipOf(plan, progress),
    icon: iconOf(plan),
    context: contextOf(plan),
    children: planCount === 1 ? 'expanded' : 'collapsed',
    spoken: [t('Plan {0}, {1}', plan.title, progress), ...place, ...pauseText(plan)].join('. '),
    command: null,
  };
}

/** That it stands still, or that nothing of it can go on now. */
function standingOf({ pause, isBeingRun, counts }: PlanView): string[] {
  if (pause !== null) return [t('paused')];
  return isBeingRun && counts.running === 0 ? [t('waiting')] : [];
}

function contextOf({ counts, format, state, isBeingRun, pause }: PlanView): string[] {
  const { total, done, skipped, running } = counts;
  return [
    'plan',
    ...(running > 0 || isBeingRun || pause !== null ? ['stoppable'] : []),
    ...(done + skipped < total ? ['runnable'] : []),
    ...(isBeingRun ? ['pausable'] : []),
    ...(format === 'runsheet' ? [] : ['convertible']),
    ...(progressLogFormats.has(format) ? ['logged'] : []),
    ...(pause === null ? [] : ['paused']),
    ...(state === 'draft' || state === 'active' ? ['cancellable'] : []),
  ];
}

function pauseText({ pause }: PlanView): string[] {
  return pause === null ? [] : [t('{0} Since {1}.', pause.text, localTime(pause.since))];
}

function iconOf(plan: PlanView): TreeRow['icon'] {
  const { counts, problems } = plan;
  if (counts.running > counts.paused) return { name: 'sync~spin', color: colors.active };
  if (counts.paused > 0 || plan.pause !== null)
    return { name: 'debug-pause', color: colors.warning };
  if (plan.isBeingRun) return { name: 'history', color: colors.active };
  if (plan.state === 'completed') return { name: 'verified-filled', color: colors.good };
  if (counts.failed > 0) return { name: 'error', color: colors.bad };
  if (counts.needsAttention > 0 || problems.some((problem) => problem.severity === 'error'))
    return { name: 'warning', color: colors.warning };
  return { name: 'checklist', color: null };
}

function stateWord(state: PlanState): string {
  switch (state) {
    case 'draft':
      return t('not started');
    case 'active':
      return t('started');
    case 'completed':
      return t('completed');
    case 'failed':
      return t('failed');
    case 'cancelled':
      return t('cancelled');
  }
}

function tooltipOf(plan: PlanView, progress: string): string {
  return paragraphs(
    `**${escapeMarkdown(plan.title)}** (${stateWord(plan.state)})`,
    escapeMarkdown(progress),
    ...pauseText(plan).map(escapeMarkdown),
    escapeMarkdown(t('{0}, read as {1}', plan.path, plan.format)),
    plan.agent === null ? null : escapeMarkdown(t('Agent: {0}', plan.agent)),
    plan.workBranch === null
      ? null
      : escapeMarkdown(t('Proven work is merged into {0}', plan.workBranch)),
    plan.statusNote === null ? null : escapeMarkdown(plan.statusNote),
    problemList(plan),
  );
}

const mostProblems = 5;

function problemList({ problems, file: own }: PlanView): string | null {
  if (problems.length === 0) return null;
  const shown = problems
    .slice(0, mostProblems)
    .map(({ file, line, message }) =>
      file === own ? t('Line {0}: {1}', line, message) : t('{0}:{1}: {2}', file, line, message),
    );
  const hidden = problems.length - shown.length;
  if (hidden > 0) shown.push(t('and {0} more', hidden));
  return `${escapeMarkdown(t('Problems in the file:'))}\n\n${bullets(shown)}`;
}
