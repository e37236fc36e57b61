import { t } from '@vscode/l10n';
import type { RunView, SubtaskView } from '../../protocol/views';
import { commandIds } from '../command-ids';
import { costText, durationText, localTime, tokenText } from './figures';
import type { TreeNode, TreeRow } from './item';
import { lastEventText } from './last-event';
import { escapeMarkdown, paragraphs } from './markdown';
import { runLook } from './status-look';
import { firstLine } from './subtask-item';

export function runNode(run: RunView): TreeNode {
  const { id, planId, subtaskKey: key } = run;
  return { kind: 'run', nodeId: `run:${id}`, planId, key, id };
}

/** @param subtask what it is about, when that is known. */
export function runRow(run: RunView, subtask: SubtaskView | null = null): TreeRow {
  const look = runLook(run);
  const live = run.state !== 'ended';
  const parts = [look.word, ...(run.attempt > 1 ? [t('attempt {0}', run.attempt)] : [])];
  if (run.pausedSince !== null) parts.push(t('since {0}', localTime(run.pausedSince)));
  else if (live && run.lastEvent !== null) parts.push(firstLine(lastEventText(run.lastEvent)));
  if (!live) parts.push(...figuresOf(run));
  return {
    label: `${run.subtaskKey} ${run.title}`,
    description: parts.join(' · '),
    tooltip: tooltipOf(run, look.word),
    icon: { name: look.icon, color: look.color },
    context: [
      'run',
      ...(live ? ['stoppable', ...pauseWords(run, subtask)] : []),
      ...(run.baseCommit === null ? [] : ['diff']),
    ],
    children: 'none',
    spoken: t('Run of {0}, {1}, {2}', run.subtaskKey, run.title, parts.join(', ')),
    command: commandIds.showRun,
  };
}

/** A run is paused as its subtask; a pause of its phase or plan is taken back there. */
function pauseWords(run: RunView, subtask: SubtaskView | null): string[] {
  const pause = subtask?.pause ?? null;
  if (pause?.of === 'subtask') return ['paused'];
  return run.state === 'paused' || run.state === 'cancelling' ? [] : ['pausable'];
}

function figuresOf(run: RunView): string[] {
  return [durationText(run), costText(run.costMicros)].filter((figure) => figure !== null);
}

function tooltipOf(run: RunView, word: string): string {
  const agent = [run.agentKey, run.agentVersion, run.model].filter((part) => part !== null);
  const figures = [...figuresOf(run), tokenText(run.tokensIn, run.tokensOut)];
  return paragraphs(
    `**${escapeMarkdown(`${run.subtaskKey} ${run.title}`)}**`,
    escapeMarkdown(t('{0}, attempt {1}, by {2}', word, run.attempt, agent.join(' '))),
    run.error === null ? null : escapeMarkdown(run.error),
    run.stopReason === null ? null : escapeMarkdown(run.stopReason),
    figures.every((figure) => figure === null)
      ? null
      : escapeMarkdown(figures.filter((figure) => figure !== null).join(', ')),
    run.branch === null ? null : escapeMarkdown(t('Branch: {0}', run.branch)),
  );
}
