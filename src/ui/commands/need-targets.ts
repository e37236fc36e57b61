import { window } from 'vscode';
import type { Mirror } from '../../protocol/mirror';
import type { NeedView } from '../../protocol/views';
import { escapeIcons } from '../tree/markdown';
import type { Target } from './register';

/** What waits for a person: by the command's argument, the only one of its kind, or by asking. */
export async function needOf(
  mirror: Mirror,
  target: Target | undefined,
  kind: NeedView['kind'],
  title: string,
): Promise<NeedView | undefined> {
  if (target?.id !== undefined) return mirror.needs.get(target.id);
  const needs = [...mirror.needs.values()].filter((need) => need.kind === kind);
  if (needs.length === 1) return needs[0];
  const items = needs.map((need) => ({
    label: escapeIcons(need.title),
    detail: escapeIcons(need.detail),
    need,
  }));
  return (await window.showQuickPick(items, { title }))?.need;
}
