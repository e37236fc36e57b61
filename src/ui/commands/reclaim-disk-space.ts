import { t } from '@vscode/l10n';
import { ProgressLocation, window, type Disposable, type QuickPickItem } from 'vscode';
import { bytesText } from '../../model/bytes';
import { cleanWorktrees, listWorktrees, type WorktreeView } from '../../protocol/worktree-messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';

interface Choice extends QuickPickItem {
  /** `null`: stored outputs that are old. */
  worktree: WorktreeView | null;
}

const oldMs = 30 * 24 * 3_600_000;

/** Lets the person choose which worktrees go, and say yes to each piece of work that goes with them. */
export function registerReclaimDiskSpace({
  connection,
  errors,
}: Pick<Services, 'connection' | 'errors'>): Disposable {
  return register(commandIds.reclaimDiskSpace, errors, async () => {
    const { worktrees, artifacts } = await busy(t('Looking at worktrees'), () =>
      connection.request(listWorktrees, {}),
    );
    const choices = choicesOf(worktrees, artifacts.bytes);
    if (choices.length === 0) {
      void window.showInformationMessage(t('There is nothing to reclaim.'));
      return;
    }
    const chosen = await window.showQuickPick(choices, {
      title: t('Reclaim disk space: which worktrees are deleted?'),
      placeHolder: t('Chosen already: those in which nothing would be lost'),
      canPickMany: true,
      matchOnDetail: true,
      ignoreFocusOut: true,
    });
    if (chosen === undefined || chosen.length === 0 || !(await agrees(chosen))) return;
    await clean(connection, chosen);
  });
}

function choicesOf(worktrees: readonly WorktreeView[], artifactBytes: number): Choice[] {
  const free = worktrees.filter(({ state }) => state !== 'live');
  const choices = free.toSorted((a, b) => b.bytes - a.bytes).map(choiceOf);
  if (artifactBytes === 0) return choices;
  const label = t('Stored outputs older than 30 days');
  const description = t('of {0} in all', bytesText(artifactBytes));
  return [...choices, { label, description, worktree: null, picked: false }];
}

function choiceOf(worktree: WorktreeView): Choice {
  const { id, planPath, subtaskKey, bytes, text, lost } = worktree;
  const whose = [planPath, subtaskKey].filter((part) => part !== null).join(' ');
  return {
    label: `${lost === null ? '$(folder)' : '$(warning)'} ${whose === '' ? id : whose}`,
    description: `${bytesText(bytes)} · ${id}`,
    detail: text,
    picked: lost === null,
    worktree,
  };
}

/** Asks once more when work would be lost, and names it. */
async function agrees(chosen: readonly Choice[]): Promise<boolean> {
  const detail = chosen.flatMap(({ worktree }) => lostLines(worktree)).join('\n');
  if (detail === '') return true;
  const question = t('Delete this work? It is nowhere else.');
  const remove = t('Delete It');
  return (await window.showWarningMessage(question, { modal: true, detail }, remove)) === remove;
}

const mostShown = 8;

function lostLines(worktree: WorktreeView | null): string[] {
  const lost = worktree?.lost ?? null;
  if (worktree === null || lost === null) return [];
  const { uncommitted, uncommittedCount, unmerged, unmergedCount } = lost;
  const lines = [
    ...uncommitted,
    ...unmerged.map(({ commit, subject }) => `${commit.slice(0, 12)} ${subject}`),
  ];
  const shown = lines.slice(0, mostShown).map((line) => `   ${line}`);
  const left = uncommittedCount + unmergedCount - shown.length;
  return [`${worktree.id}:`, ...shown, ...(left > 0 ? [`   ${t('… and {0} more', left)}`] : [])];
}

async function clean(connection: Services['connection'], chosen: readonly Choice[]): Promise<void> {
  const discard = chosen.flatMap(({ worktree }) =>
    worktree === null ? [] : [{ id: worktree.id, digest: worktree.lost?.digest ?? null }],
  );
  const prunes = chosen.some(({ worktree }) => worktree === null);
  const { removed, kept, artifacts } = await busy(t('Deleting worktrees'), () =>
    connection.request(cleanWorktrees, {
      allMerged: false,
      discard,
      ...(prunes ? { artifacts: { olderThanMs: oldMs, maxBytes: null } } : {}),
    }),
  );
  const bytes = removed.reduce((sum, one) => sum + one.bytes, artifacts.bytes);
  void window.showInformationMessage(t('{0} reclaimed.', bytesText(bytes)));
  if (kept.length > 0)
    void window.showWarningMessage(kept.map(({ id, reason }) => `${id}: ${reason}`).join('\n'));
}

function busy<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return window.withProgress({ location: ProgressLocation.Notification, title }, work);
}
