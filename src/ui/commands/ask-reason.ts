import { t } from '@vscode/l10n';
import { window } from 'vscode';

const longest = 500;

/** A reason in the person's words, never empty; `undefined` when they do not want to. */
export async function askReason(title: string): Promise<string | undefined> {
  const reason = await window.showInputBox({
    title,
    prompt: t('The reason is kept with the decision.'),
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text.trim() === '') return t('A reason is needed.');
      return text.trim().length > longest ? t('At most {0} characters.', longest) : null;
    },
  });
  return reason?.trim();
}
