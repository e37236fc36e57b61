import { t } from '@vscode/l10n';
import type { TreeNode, TreeRow } from './item';

/** A day of the person's own calendar, as `YYYY-MM-DD`. */
export function dayOf(time: string): string {
  const date = new Date(time);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function dayNode(day: string): TreeNode {
  return { kind: 'day', nodeId: `day:${day}`, planId: '', key: day };
}

export function dayRow(day: string, today: string, runCount: number): TreeRow {
  const label = labelOf(day, today);
  return {
    label,
    description: String(runCount),
    tooltip: '',
    icon: { name: 'calendar', color: null },
    context: ['day'],
    children: day === today ? 'expanded' : 'collapsed',
    spoken: t('{0}, {1} runs', label, runCount),
    command: null,
  };
}

function labelOf(day: string, today: string): string {
  const daysAgo = Math.round((Date.parse(today) - Date.parse(day)) / 86_400_000);
  if (daysAgo === 0) return t('Today');
  if (daysAgo === 1) return t('Yesterday');
  return new Date(`${day}T12:00:00`).toLocaleDateString(undefined, { dateStyle: 'medium' });
}
