import { t } from '@vscode/l10n';
import type { NeedView, SubtaskView } from '../../protocol/views';
import { commandIds } from '../command-ids';
import { localTime, withLocalTimes } from './figures';
import type { TreeNode, TreeRow } from './item';
import { escapeMarkdown, paragraphs } from './markdown';
import { colors } from './status-look';
import { firstLine } from './subtask-item';

/** @param subtask the subtask it is about, when there is one: its key is what commands take. */
export function needNode(need: NeedView, subtask: SubtaskView | null): TreeNode {
  return {
    kind: 'need',
    nodeId: `need:${need.kind}:${need.id}`,
    planId: need.planId ?? '',
    ...idOf(need),
    ...(subtask === null ? {} : { key: subtask.key }),
  };
}

/** What its commands act on: the gate, the request, or the run that failed. */
function idOf(need: NeedView): { id?: string } {
  if (need.kind !== 'attention') return { id: need.id };
  return need.runId === null ? {} : { id: need.runId };
}

/** What menus match. */
const words = {
  gate: 'gate',
  permission: 'permission',
  attention: 'attention',
  escalation: 'escalation',
  trigger: 'trigger',
  agent: 'agent',
  budget: 'budget',
} as const;
const icons = {
  gate: 'lock',
  permission: 'shield',
  attention: 'warning',
  escalation: 'megaphone',
  trigger: 'zap',
  agent: 'plug',
  budget: 'dashboard',
} as const;
const commands = {
  gate: commandIds.openAtLine,
  permission: commandIds.answerPermission,
  attention: commandIds.showRun,
  escalation: commandIds.resolveEscalation,
  trigger: commandIds.confirmTrigger,
  agent: null,
  budget: commandIds.setBudget,
} as const;

/** What can be done with it as it stands. */
const ways: Readonly<Record<NeedView['kind'], (state: string) => string | null>> = {
  gate: (state) => gateWay(state),
  permission: () => null,
  attention: (state) => (state === 'interrupted' ? 'resumable' : null),
  escalation: (state) => (state === 'pending' ? 'unseen' : null),
  trigger: () => null,
  agent: () => null,
  budget: () => null,
};

function gateWay(state: string): string {
  if (state === 'open') return 'decidable';
  return state === 'waiting' ? 'openable' : 'reopenable';
}

function iconOf({ kind, state }: NeedView): string {
  return state === 'interrupted' ? 'debug-disconnect' : icons[kind];
}

export function needRow(need: NeedView): TreeRow {
  const allows = need.options.some((option) => option.kind === 'allow_once');
  const rejects = need.options.some((option) => option.kind === 'reject_once');
  const way = ways[need.kind](need.state);
  const when = need.until === undefined ? [] : [t('tried again at {0}', localTime(need.until))];
  const parts = [...when, firstLine(withLocalTimes(need.detail))];
  return {
    label: need.title,
    description: parts.join(' · '),
    tooltip: paragraphs(
      `**${escapeMarkdown(need.title)}**`,
      ...withLocalTimes(need.detail).split('\n').map(escapeMarkdown),
      ...when.map(escapeMarkdown),
    ),
    icon: { name: iconOf(need), color: colors.warning },
    context: [
      'need',
      words[need.kind],
      ...(way === null ? [] : [way]),
      ...(allows ? ['allows'] : []),
      ...(rejects ? ['rejects'] : []),
      ...(need.runId === null ? [] : ['has-run']),
    ],
    children: 'none',
    spoken: [need.title, ...when, withLocalTimes(need.detail)].join('. '),
    command: commands[need.kind],
  };
}
