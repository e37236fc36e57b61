import { t } from '@vscode/l10n';
import { ThemeIcon, window, type Disposable, type QuickPickItem } from 'vscode';
import { specNameSchema } from '../../model/agent-spec';
import { listSpecs, type SpecSummaryView } from '../../protocol/spec-messages';
import { commandIds } from '../command-ids';
import { specUri, type SpecPlace } from '../documents/spec-uris';
import type { Services } from '../services';
import { escapeIcons } from '../tree/markdown';
import { register } from './register';
import { subtaskOf } from './targets';

type Uses = Pick<Services, 'connection' | 'errors' | 'mirror'>;

interface Choice extends QuickPickItem {
  find: () => Promise<SpecPlace | undefined>;
}

/** Opens the spec of a subtask, or one by its name, as a document that can be changed and saved. */
export function registerEditSpec(services: Uses): Disposable {
  return register(commandIds.editSpec, services.errors, async (target) => {
    const place = target === undefined ? await choose(services) : await ofSubtask(services, target);
    if (place !== undefined) await window.showTextDocument(specUri(place));
  });
}

async function ofSubtask(
  { mirror }: Uses,
  target: Parameters<typeof subtaskOf>[1],
): Promise<SpecPlace | undefined> {
  const subtask = await subtaskOf(mirror, target, () => true);
  return subtask === undefined ? undefined : { planId: subtask.planId, key: subtask.key };
}

async function choose(services: Uses): Promise<SpecPlace | undefined> {
  const { specs } = await services.connection.request(listSpecs, { all: false });
  const items: Choice[] = [
    {
      label: t('Spec of a Subtask…'),
      iconPath: new ThemeIcon('checklist'),
      find: () => ofSubtask(services, undefined),
    },
    { label: t('New Spec…'), iconPath: new ThemeIcon('add'), find: askName },
    ...specs.map(specItem),
  ];
  const chosen = await window.showQuickPick(items, {
    title: t('Which spec?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.find();
}

function specItem({ name, icon, displayName, taskType, tags, subtask }: SpecSummaryView): Choice {
  const about = subtask === null ? [] : [`${subtask.plan} ${subtask.key}`];
  return {
    label: name,
    description: [taskType, ...about, ...tags].join(' · '),
    detail: escapeIcons(displayName),
    iconPath: new ThemeIcon(icon ?? 'file-code'),
    find: () => Promise.resolve({ name }),
  };
}

async function askName(): Promise<SpecPlace | undefined> {
  const name = await window.showInputBox({
    title: t('New Spec…'),
    prompt: t('The name by which plans use it: small letters, digits and -.'),
    ignoreFocusOut: true,
    validateInput: (text) =>
      specNameSchema.safeParse(text).success ? null : t('A name has small letters, digits and -.'),
  });
  return name === undefined ? undefined : { name };
}
