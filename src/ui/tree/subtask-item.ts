import { t } from '@vscode/l10n';
import { subtaskTransitions } from '../../model/transitions';
import type { RunView, SubtaskView } from '../../protocol/views';
import { commandIds } from '../command-ids';
import { withLocalTimes } from './figures';
import type { TreeNode, TreeRow } from './item';
import { lastEventText } from './last-event';
import { bullets, escapeMarkdown, paragraphs, withoutEmphasis } from './markdown';
import { isReady, subtaskLook } from './status-look';

export function subtaskNode(subtask: SubtaskView): TreeNode {
  const { id, planId, key } = subtask;
  return { kind: 'subtask', nodeId: `subtask:${id}`, planId, key, id };
}

/** Key and title; of a key that is made of the title, only what it says beside it. */
export function subtaskLabel({ key, title }: Pick<SubtaskView, 'key' | 'title'>): string {
  const text = withoutEmphasis(title);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const slug = words.join('-');
  const before = key.slice(0, Math.max(0, key.length - slug.length));
  const isOfTitle = slug !== '' && `${before.toLowerCase()}${slug}` === key.toLowerCase();
  if (!isOfTitle || !/(?:^|[-_.])$/.test(before)) return `${key} ${text}`;
  return `${before.replace(/[-_.]+$/, '')} ${text}`.trimStart();
}

/** @param run the subtask's last run, when it is known. */
export function subtaskRow(subtask: SubtaskView, run: RunView | null): TreeRow {
  const look = subtaskLook(subtask, run);
  return {
    label: subtaskLabel(subtask),
    description: descriptionOf(subtask, run, look.word),
    tooltip: tooltipOf(subtask, run, look.word),
    icon: { name: look.icon, color: look.color },
    context: contextOf(subtask, run),
    children: 'none',
    spoken: [
      t('Subtask {0}, {1}, {2}', subtask.key, subtask.title, look.word),
      ...subtask.whyNotReady.map(withLocalTimes),
    ].join('. '),
    command: commandIds.openAtLine,
  };
}

function isLive(subtask: SubtaskView): boolean {
  return subtask.status === 'in_progress' || subtask.status === 'in_review';
}

function descriptionOf(subtask: SubtaskView, run: RunView | null, word: string): string {
  const standing = standingStill(subtask, run) ?? waiting(subtask, word);
  if (standing !== null) return standing;
  const parts = [word];
  if (isLive(subtask) && run !== null) {
    if (run.attempt > 1) parts.push(t('attempt {0}', run.attempt));
    if (run.lastEvent !== null) parts.push(firstLine(lastEventText(run.lastEvent)));
  } else if (subtask.proofOutdated) parts.push(t('its files changed since'));
  else if (subtask.statusReason !== null) parts.push(firstLine(subtask.statusReason));
  else if (subtask.status === 'pending' && subtask.whyNotReady[0] !== undefined)
    parts.push(firstLine(withLocalTimes(subtask.whyNotReady[0])));
  return parts.join(' · ');
}

/** Who lets it stand still; `null` when nobody does. */
function standingStill({ status, pause }: SubtaskView, run: RunView | null): string | null {
  const isFrozen = run?.state === 'paused';
  if (pause === null) return isFrozen ? t('paused with its plan') : null;
  if (!isFrozen && status !== 'pending') return null;
  return pause.of === 'phase' ? t('paused with its phase · {0}', pause.text) : pause.text;
}

/** What it waits for that is not in its plan, and until when. */
function waiting(subtask: SubtaskView, word: string): string | null {
  const { waitsFor, attempts, attemptLimit, statusReason, whyNotReady } = subtask;
  switch (waitsFor?.kind) {
    case 'retry': {
      const which = t('attempt {0} of {1}', attempts + 1, attemptLimit);
      const why = statusReason === null ? [] : [firstLine(statusReason)];
      return [word, which, ...why].join(' · ');
    }
    case 'agent':
      return word;
    case 'budget':
      return firstLine(whyNotReady[0] ?? word);
    case undefined:
      return null;
  }
}

/** The first line, short enough for a row. */
export function firstLine(text: string, most = 120): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

function contextOf(subtask: SubtaskView, run: RunView | null): string[] {
  const { status } = subtask;
  const words = ['subtask', ...pauseWords(subtask, run)];
  const next = subtaskTransitions[status];
  if (next.includes('cancelled')) words.push('cancellable');
  if (isLive(subtask)) return [...words, 'stoppable', 'has-run'];
  if (subtask.canResume) words.push('resumable');
  if (status === 'claimed') words.push('claimed');
  if (isReady(subtask) || status === 'claimed') words.push('runnable');
  if (status === 'failed' || status === 'needs_attention') words.push('retryable');
  if (next.includes('skipped')) words.push('decidable');
  if (next.includes('done')) words.push('closable');
  if (next.includes('blocked')) words.push('blockable');
  if (status !== 'pending') words.push('resettable', 'verifiable');
  const hasWork = status === 'done' || status === 'claimed' || words.includes('retryable');
  if (hasWork) words.push('rejectable');
  if (subtask.lastRunId !== null) words.push('has-run');
  return words;
}

/** A pause of its phase or plan is taken back there. */
function pauseWords({ status, pause, leftOut }: SubtaskView, run: RunView | null): string[] {
  if (pause?.of === 'subtask') return ['paused'];
  if (run?.state === 'paused') return [];
  const mayStart =
    (status === 'pending' && !leftOut) || status === 'in_progress' || status === 'in_review';
  return pause === null && mayStart ? ['pausable'] : [];
}

/** What comes before it, by where that is known from, and its turn. */
function orderText({ dependsOn, wave, declaredWave }: SubtaskView): string[] {
  const of = (kind: SubtaskView['dependsOn'][number]['kind']) =>
    dependsOn.filter((one) => one.kind === kind).map((one) => one.key);
  const [declared, implied, conflict] = [of('declared'), of('implied'), of('conflict')];
  const lines: string[] = [];
  if (declared.length > 0) lines.push(t('Depends on {0}', declared.join(', ')));
  if (implied.length > 0)
    lines.push(t('Comes after {0}, by the order of the plan', implied.join(', ')));
  if (conflict.length > 0) lines.push(t('Works on the same files as {0}', conflict.join(', ')));
  if (declaredWave !== null)
    lines.push(
      wave === null
        ? t('Declared for wave {0}; by its dependencies it can never start', declaredWave)
        : t('Declared for wave {0}; by its dependencies turn {1}', declaredWave, wave),
    );
  return lines;
}

function tooltipOf(subtask: SubtaskView, run: RunView | null, word: string): string {
  const { files, checks, whyNotReady } = subtask;
  const still = standingStill(subtask, run);
  return paragraphs(
    `**${escapeMarkdown(`${subtask.key} ${subtask.title}`)}**`,
    escapeMarkdown(word + (subtask.statusReason === null ? '' : `: ${subtask.statusReason}`)),
    subtask.proofOutdated
      ? t('Its files were changed after its proof. Verify it again to know whether it still holds.')
      : null,
    still === null ? null : escapeMarkdown(still),
    whyNotReady.length === 0
      ? null
      : `${t('Not ready:')}\n\n${bullets(whyNotReady.map(withLocalTimes))}`,
    ...orderText(subtask).map(escapeMarkdown),
    files.length === 0 ? null : escapeMarkdown(t('Files: {0}', files.join(', '))),
    checks.length === 0
      ? t('No check proves it: a person has to accept it.')
      : `${t('Proven by:')}\n\n${bullets(checks)}`,
    run === null
      ? null
      : escapeMarkdown(t('Last run: {0}, attempt {1}', run.agentKey, run.attempt)),
  );
}
