import { t } from '@vscode/l10n';
import type { GateView } from '../../protocol/views';
import { commandIds } from '../command-ids';
import type { TreeNode, TreeRow } from './item';
import { escapeMarkdown, paragraphs } from './markdown';
import { gateLook } from './status-look';

export function gateNode(gate: GateView): TreeNode {
  const { id, planId, key } = gate;
  return { kind: 'gate', nodeId: `gate:${id}`, planId, key, id };
}

export function gateRow(gate: GateView): TreeRow {
  const look = gateLook(gate.state);
  const decided = gate.state === 'approved' || gate.state === 'overridden';
  return {
    label: gate.title,
    description: look.word,
    tooltip: paragraphs(
      `**${escapeMarkdown(gate.title)}**`,
      look.word,
      criteriaOf(gate),
      decisionOf(gate),
    ),
    icon: { name: look.icon, color: look.color },
    context: [
      'gate',
      ...(gate.state === 'open' ? ['decidable'] : []),
      ...(gate.state === 'waiting' && gate.trigger === 'manual' ? ['openable'] : []),
      ...(decided || gate.state === 'rejected' ? ['reopenable'] : []),
    ],
    children: 'none',
    spoken: `${gate.title}, ${look.word}`,
    command: commandIds.openAtLine,
  };
}

function criteriaOf(gate: GateView): string | null {
  if (gate.criteria.length === 0) return null;
  const words = {
    unchecked: t('not checked'),
    met: t('met'),
    unmet: t('not met'),
    waived: t('waived'),
  };
  return gate.criteria
    .map((criterion) => `- ${escapeMarkdown(`${criterion.text} (${words[criterion.state]})`)}`)
    .join('\n');
}

/** What was decided last, by whom and why. */
function decisionOf({ decision }: GateView): string | null {
  if (decision === null) return null;
  const words = {
    approve: t('approved'),
    reject: t('rejected'),
    override: t('overridden'),
    reopen: t('reopened'),
  };
  const { by, at, reason } = decision;
  const who = t('{0} by {1}, {2}', words[decision.decision], by.replace('person:', ''), at);
  return escapeMarkdown(reason === null ? who : `${who}: ${reason}`);
}
