import { t } from '@vscode/l10n';
import type { PhaseView, PlanView } from '../../protocol/views';
import type { TreeNode, TreeRow } from './item';
import { escapeMarkdown, paragraphs } from './markdown';
import { progressSentence, progressText } from './progress-text';
import { colors } from './status-look';

export function phaseNode(plan: PlanView, phase: PhaseView): TreeNode {
  const nodeId = `phase:${plan.id}:${phase.id}`;
  return { kind: 'phase', nodeId, planId: plan.id, key: phase.key, id: phase.id };
}

export function phaseRow(phase: PhaseView): TreeRow {
  const { counts } = phase;
  const progress = progressSentence(counts);
  const over = counts.total > 0 && counts.done + counts.skipped === counts.total;
  return {
    label: phase.title,
    description: progressText(counts),
    tooltip: paragraphs(`**${escapeMarkdown(phase.title)}**`, escapeMarkdown(progress)),
    icon: iconOf(phase, over),
    context: ['phase', ...(over ? [] : ['runnable']), ...(counts.running > 0 ? ['stoppable'] : [])],
    children: over ? 'collapsed' : 'expanded',
    spoken: t('Phase {0}, {1}', phase.title, progress),
    command: null,
  };
}

function iconOf({ counts, status }: PhaseView, over: boolean): TreeRow['icon'] {
  if (over) {
    const proven = counts.proven === counts.done;
    return { name: proven ? 'verified-filled' : 'verified', color: colors.good };
  }
  if (counts.running > 0) return { name: 'sync~spin', color: colors.active };
  if (counts.failed > 0) return { name: 'error', color: colors.bad };
  if (counts.needsAttention > 0) return { name: 'warning', color: colors.warning };
  if (status === 'blocked') return { name: 'lock', color: colors.quiet };
  return { name: 'milestone', color: null };
}
