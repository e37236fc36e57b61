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
    tooltip: paragraphs(`**${escapeMarkdown(gate.title)}**`, look.word, criteriaOf(gate)),
    icon: { name: look.icon, color: look.color },
    context: [
      'gate',
      ...(gate.state === 'open' ? ['decidable'] : []),
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
