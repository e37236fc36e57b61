import { t } from '@vscode/l10n';
import type { Counts } from '../../protocol/views';

/** `3/14 · 2 running · 1 needs you`: only what is there. */
export function progressText(counts: Counts): string {
  const isNothing = counts.total === 0 && counts.leftOut > 0;
  const parts = isNothing ? [] : [`${String(counts.done)}/${String(counts.total)}`];
  const moving = counts.running - counts.paused;
  if (moving > 0) parts.push(t('{0} running', moving));
  if (counts.paused > 0) parts.push(t('{0} paused', counts.paused));
  if (counts.failed > 0) parts.push(t('{0} failed', counts.failed));
  if (counts.needsAttention > 0) parts.push(t('{0} need you', counts.needsAttention));
  if (counts.claimed > 0) parts.push(t('{0} claimed', counts.claimed));
  if (counts.leftOut > 0) parts.push(t('{0} left out', counts.leftOut));
  return parts.join(' · ');
}

/** The same in whole words, for tooltips and screen readers. */
export function progressSentence(counts: Counts): string {
  const accepted = counts.done - counts.proven;
  const parts = [
    t('{0} of {1} done', counts.done, counts.total),
    t('{0} proven', counts.proven),
    accepted > 0 ? t('{0} accepted', accepted) : null,
    counts.claimed > 0 ? t('{0} claimed, not proven', counts.claimed) : null,
    counts.running > counts.paused ? t('{0} running', counts.running - counts.paused) : null,
    counts.paused > 0 ? t('{0} paused', counts.paused) : null,
    counts.failed > 0 ? t('{0} failed', counts.failed) : null,
    counts.needsAttention > 0 ? t('{0} need you', counts.needsAttention) : null,
    counts.skipped > 0 ? t('{0} skipped', counts.skipped) : null,
    counts.leftOut > 0 ? t('{0} left out by the file', counts.leftOut) : null,
  ];
  return parts.filter((part) => part !== null).join(', ');
}
