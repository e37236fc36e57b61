import { t } from '@vscode/l10n';
import { ThemeIcon, window, type QuickPickItem } from 'vscode';
import { describeRun } from '../../protocol/messages';
import type { Mirror } from '../../protocol/mirror';
import type { GateView, PhaseView, PlanView, RunView, SubtaskView } from '../../protocol/views';
import { escapeIcons } from '../tree/markdown';
import { progressText } from '../tree/progress-text';
import { subtaskLabel } from '../tree/subtask-item';
import { gateLook, runLook, subtaskLook, type Look } from '../tree/status-look';
import type { Services } from '../services';
import type { Target } from './register';

// Finds the thing that a command is about: by its argument, else by asking. `undefined`: there is
// none, or the person does not want to.

interface Choice<T> extends QuickPickItem {
  value: T;
}

async function pick<T>(
  items: readonly Choice<T>[],
  title: string,
  none: string,
): Promise<T | undefined> {
  if (items.length === 0) {
    void window.showInformationMessage(none);
    return undefined;
  }
  const chosen = await window.showQuickPick(items, { title, matchOnDescription: true });
  return chosen?.value;
}

function item<T>(value: T, label: string, look: Look): Choice<T> {
  const iconPath = new ThemeIcon(look.icon);
  return { value, label: escapeIcons(label), description: look.word, iconPath };
}

/** @param offers which plans are asked about when the command has no argument. */
export async function planOf(
  mirror: Mirror,
  target?: Target,
  offers: (plan: PlanView) => boolean = () => true,
): Promise<PlanView | undefined> {
  if (target !== undefined) return mirror.plans.get(target.planId);
  const plans = [...mirror.plans.values()].filter(offers);
  if (plans.length === 1) return plans[0];
  const items = plans.map((value) => ({
    value,
    label: escapeIcons(value.title),
    description: progressText(value.counts),
    detail: value.path,
  }));
  const none =
    mirror.plans.size === 0
      ? t('There is no plan in this workspace.')
      : t('No plan is in a state for that.');
  return pick(items, t('Which plan?'), none);
}

export async function phaseOf(
  mirror: Mirror,
  target?: Target,
): Promise<{ plan: PlanView; phase: PhaseView } | undefined> {
  const plan = await planOf(mirror, target);
  if (plan === undefined) return undefined;
  const known = plan.phases.find((phase) => phase.key === target?.key);
  if (known !== undefined) return { plan, phase: known };
  const items = plan.phases.map((value) => ({
    value,
    label: escapeIcons(value.title),
    description: progressText(value.counts),
  }));
  const phase = await pick(items, t('Which phase?'), t('The plan has no phases.'));
  return phase === undefined ? undefined : { plan, phase };
}

/** @param offers which subtasks are asked about when the command has no argument. */
export async function subtaskOf(
  mirror: Mirror,
  target: Target | undefined,
  offers: (subtask: SubtaskView) => boolean,
): Promise<SubtaskView | undefined> {
  const plan = await planOf(mirror, target);
  if (plan === undefined) return undefined;
  const subtasks = mirror.subtasksOf(plan.id);
  if (target?.key !== undefined) return subtasks.find((subtask) => subtask.key === target.key);
  const items = subtasks
    .filter(offers)
    .map((value) => item(value, subtaskLabel(value), subtaskLook(value)));
  return pick(items, t('Which subtask?'), t('No subtask of the plan is in a state for that.'));
}

/** By the run's id, by a need that is about a run, or as the last run of a subtask. */
export async function runOf(
  services: Pick<Services, 'connection' | 'mirror'>,
  target: Target | undefined,
  offers: (run: RunView) => boolean = () => true,
): Promise<RunView | undefined> {
  const { connection, mirror } = services;
  if (target !== undefined) {
    const runId = runIdOf(mirror, target);
    const known = mirror.runs.get(runId ?? '');
    if (known !== undefined || runId === undefined) return known;
    // One that ended long ago, or began this moment.
    return (await connection.request(describeRun, { runId })).run;
  }
  const items = mirror
    .runsByTime()
    .filter(offers)
    .map((value) => item(value, `${value.subtaskKey} ${value.title}`, runLook(value)));
  return pick(items, t('Which run?'), t('There is no run for that.'));
}

function runIdOf(mirror: Mirror, { planId, key, id }: Target): string | undefined {
  const need = mirror.needs.get(id ?? '');
  if (need !== undefined) return need.runId ?? undefined;
  if (id !== undefined && !mirror.subtasks.has(id)) return id;
  return mirror.subtasksOf(planId).find((one) => one.key === key)?.lastRunId ?? undefined;
}

export async function gateOf(
  mirror: Mirror,
  target: Target | undefined,
  offers: (gate: GateView) => boolean,
): Promise<GateView | undefined> {
  const gates = [...mirror.plans.values()].flatMap((plan) => plan.gates);
  if (target !== undefined) return gates.find((gate) => gate.id === target.id);
  const items = gates
    .filter(offers)
    .map((value) => item(value, value.title, gateLook(value.state)));
  return pick(items, t('Which gate?'), t('No gate waits for that.'));
}
