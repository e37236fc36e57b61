import { t } from '@vscode/l10n';
import type { SubtaskView } from '../../protocol/views';
import { isReady } from './status-look';

export const filterGroups = [
  'ready',
  'waiting',
  'running',
  'needsYou',
  'claimed',
  'done',
  'skipped',
] as const;
export type FilterGroup = (typeof filterGroups)[number];

/** Which subtasks the Plans view shows; no groups and no text: all. */
export interface PlanFilter {
  groups: ReadonlySet<FilterGroup>;
  text: string;
}

export const showAll: PlanFilter = { groups: new Set(), text: '' };

export function isFiltering(filter: PlanFilter): boolean {
  return filter.groups.size > 0 || filter.text !== '';
}

export function groupOf(subtask: SubtaskView): FilterGroup {
  if (subtask.leftOut) return 'skipped';
  switch (subtask.status) {
    case 'pending':
      return isReady(subtask) ? 'ready' : 'waiting';
    case 'blocked':
      return 'waiting';
    case 'claimed':
      return 'claimed';
    case 'in_progress':
    case 'in_review':
      return 'running';
    case 'needs_attention':
    case 'failed':
      return 'needsYou';
    case 'done':
      return 'done';
    case 'skipped':
    case 'cancelled':
      return 'skipped';
  }
}

export function matches(filter: PlanFilter, subtask: SubtaskView): boolean {
  if (filter.groups.size > 0 && !filter.groups.has(groupOf(subtask))) return false;
  const text = filter.text.toLowerCase();
  return `${subtask.key} ${subtask.title} ${subtask.labels.join(' ')}`.toLowerCase().includes(text);
}

export function groupWord(group: FilterGroup): string {
  switch (group) {
    case 'ready':
      return t('Ready');
    case 'waiting':
      return t('Waiting');
    case 'running':
      return t('Running');
    case 'needsYou':
      return t('Failed or Needs You');
    case 'claimed':
      return t('Claimed');
    case 'done':
      return t('Done');
    case 'skipped':
      return t('Skipped, Cancelled or Left Out');
  }
}
