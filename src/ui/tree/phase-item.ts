import { t } from '@vscode/l10n';
import type { PhaseView, PlanView } from '../../protocol/views';
import type { TreeNode, TreeRow } from './item';
import { escapeMarkdown, paragraphs, withoutEmphasis } from './markdown';
import { progressSentence, progressText } from './progress-text';
import { colors } from './status-look';

export function phaseNode(plan: PlanView, phase: PhaseView): TreeNode {
  const nodeId = `phase:${plan.id}:${phase.id}`;
  return { kind: 'phase', nodeId, planId: plan.id, key: phase.key, id: phase.id };
}

export function phaseRow(phase: PhaseView): TreeRow {
  const { counts } = phase;
  const progress = progressSentence(counts);
  const over = counts.total + counts.leftOut > 0 && counts.done + counts.skipped === counts.total;
  return {
    label: withoutEmphasis(phase.title),
    description: [phase.pause === null ? null : t('paused'), progressText(counts)]
      .filter((part) => part !== null)
      .join(' · '),
    tooltip: paragraphs(
      `**${escapeMarkdown(phase.title)}**`,
      escapeMarkdown(progress),
      phase.pause === null ? null : escapeMarkdown(phase.pause.text),
    ),
    icon: iconOf(phase, over),
    context: contextOf(phase, over),
    children: over ? 'collapsed' : 'expanded',
    spoken: [t('Phase {0}, {1}', phase.title, progress), phase.pause?.text ?? '']
      .filter((part) => part !== '')
      .join('. '),
    command: null,
  };
}

function contextOf({ counts, pause }: PhaseView, over: boolean): string[] {
  const { done, skipped, failed, needsAttention, claimed, running, paused } = counts;
  const isFrozen = running > 0 && running === paused;
  const begun = done + skipped + failed + needsAttention + claimed > 0;
  return [
    'phase',
    ...(over ? [] : ['runnable', 'unfinished']),
    ...(running > 0 ? ['stoppable'] : []),
    ...(pause === null && !over && !isFrozen ? ['pausable'] : []),
    ...(pause === null ? [] : ['paused']),
    ...(begun ? ['begun'] : []),
  ];
}

function iconOf({ counts, status, pause }: PhaseView, over: boolean): TreeRow['icon'] {
  if (over && counts.total === 0) return { name: 'debug-step-over', color: colors.quiet };
  if (over) {
    const proven = counts.proven === counts.done;
    return { name: proven ? 'verified-filled' : 'verified', color: colors.good };
  }
  if (counts.running > counts.paused) return { name: 'sync~spin', color: colors.active };
  if (counts.paused > 0 || pause !== null) return { name: 'debug-pause', color: colors.warning };
  if (counts.failed > 0) return { name: 'error', color: colors.bad };
  if (counts.needsAttention > 0) return { name: 'warning', color: colors.warning };
  if (status === 'blocked') return { name: 'lock', color: colors.quiet };
  return { name: 'milestone', color: null };
}
