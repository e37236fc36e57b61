import { t } from '@vscode/l10n';
import { window } from 'vscode';
import { knownRejectionTypes, rejectionTypeSchema } from '../../model/routing';
import type { SubtaskView } from '../../protocol/views';
import { escapeIcons } from '../tree/markdown';

/** What is wrong with rejected work: a known type or the person's own word. */
export async function askRejectionType(title: string): Promise<string | undefined> {
  const details: Record<(typeof knownRejectionTypes)[number], string> = {
    style: t('It works, but it is not written as it should be.'),
    mechanics: t('It does not work as it should.'),
    clarity: t('It is hard to understand.'),
    scope: t('It does too much, too little, or something else.'),
    other: t('Something else.'),
  };
  const known = knownRejectionTypes.map((label) => ({ label, detail: details[label] }));
  const own = { label: t('Another type…'), detail: t('A word of your own, for your own routes.') };
  const chosen = await window.showQuickPick([...known, own], { title, ignoreFocusOut: true });
  if (chosen !== own) return chosen?.label;
  return window.showInputBox({
    title,
    prompt: t('Lower-case letters and underscores.'),
    ignoreFocusOut: true,
    validateInput: (text) =>
      rejectionTypeSchema.safeParse(text).success ? null : t('This is no such word.'),
  });
}

/** The subtasks that a rejected gate is about; none is an answer, too. */
export async function askRejectedSubtasks(
  title: string,
  subtasks: readonly SubtaskView[],
): Promise<readonly SubtaskView[] | undefined> {
  if (subtasks.length === 0) return [];
  const items = subtasks.map((subtask) => ({
    label: escapeIcons(`${subtask.key} ${subtask.title}`),
    description: subtask.status.replace('_', ' '),
    subtask,
  }));
  const placeHolder = t('Those that you choose are sent back. Choose none to send none back.');
  const options = { title, placeHolder, canPickMany: true as const, ignoreFocusOut: true };
  const chosen = await window.showQuickPick(items, options);
  return chosen?.map(({ subtask }) => subtask);
}

/** Whether there is work of the subtask that can be rejected. */
export function isRejectable({ status }: SubtaskView): boolean {
  return ['claimed', 'needs_attention', 'failed', 'done'].includes(status);
}
