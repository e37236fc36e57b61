import { t } from '@vscode/l10n';
import { Disposable, window } from 'vscode';
import { answerPermission } from '../../protocol/messages';
import type { Mirror } from '../../protocol/mirror';
import type { NeedView } from '../../protocol/views';
import { commandIds, type CommandId } from '../command-ids';
import type { Services } from '../services';
import { escapeIcons } from '../tree/markdown';
import { register, type Target } from './register';

type Uses = Pick<Services, 'connection' | 'errors' | 'mirror'>;
type Option = NeedView['options'][number];

/** Answers an agent's permission request: with one click, or by choosing among its options. */
export function registerAnswerPermission(services: Uses): Disposable {
  return Disposable.from(
    registerOne(services, commandIds.answerPermission, askOption),
    registerOne(services, commandIds.allowOnce, byKind('allow_once')),
    registerOne(services, commandIds.rejectOnce, byKind('reject_once')),
  );
}

function registerOne(
  { connection, errors, mirror }: Uses,
  id: CommandId,
  choose: (need: NeedView) => Promise<Option | undefined>,
): Disposable {
  return register(id, errors, async (target) => {
    const need = await requestOf(mirror, target);
    const chosen = need?.options.find(({ id: one }) => one === target?.option);
    const option = chosen ?? (need === undefined ? undefined : await choose(need));
    if (need === undefined || option === undefined) return;
    await connection.request(answerPermission, { requestId: need.id, optionId: option.id });
  });
}

async function requestOf(
  mirror: Mirror,
  target: Target | undefined,
): Promise<NeedView | undefined> {
  if (target?.id !== undefined) return mirror.needs.get(target.id);
  const needs = [...mirror.needs.values()].filter((need) => need.kind === 'permission');
  if (needs.length === 1) return needs[0];
  const items = needs.map((need) => ({
    label: escapeIcons(need.title),
    detail: escapeIcons(onOneLine(need)),
    need,
  }));
  return (await window.showQuickPick(items, { title: t('Which request?') }))?.need;
}

function onOneLine({ detail }: NeedView): string {
  return detail.replaceAll(/\s*\n\s*/gu, ' · ').slice(0, 500);
}

/** An agent that does not offer the plain answer is asked with all that it offers. */
function byKind(kind: Option['kind']): (need: NeedView) => Promise<Option | undefined> {
  return async (need) => need.options.find((one) => one.kind === kind) ?? askOption(need);
}

async function askOption(need: NeedView): Promise<Option | undefined> {
  const items = need.options.map((option) => ({ label: escapeIcons(option.name), option }));
  const options = { title: need.title, placeHolder: onOneLine(need), ignoreFocusOut: true };
  return (await window.showQuickPick(items, options))?.option;
}
