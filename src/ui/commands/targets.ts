import { t } from '@vscode/l10n';
import { ThemeIcon, window, type QuickPickItem } from 'vscode';
import type { Mirror } from '../../protocol/mirror';
import type { GateView, PhaseView, PlanView, RunView, SubtaskView } from '../../protocol/views';
import { escapeIcons } from '../tree/markdown';
import { progressText } from '../tree/progress-text';
import { gateLook, runLook, subtaskLook, type Look } from '../tree/status-look';
import type { Target } from './register';

// Finds the thing that a command is about: by its argument, else by asking. `undefined`: there is
// none, or the person does not want to.

interface Pick<T> extends QuickPickItem {
  value: T;
}

async function pick<T>(
  items: readonly Pick<T>[],
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

function item<T>(value: T, label: string, look: Look): Pick<T> {
  const iconPath = new ThemeIcon(look.icon);
  return { value, label: escapeIcons(label), description: look.word, iconPath };
}

export async function planOf(mirror: Mirror, target?: Target): Promise<PlanView | undefined> {
  if (target !== undefined) return mirror.plans.get(target.planId);
  const plans = [...mirror.plans.values()];
  if (plans.length === 1) return plans[0];
  const items = plans.map((value) => ({
    value,
    label: escapeIcons(value.title),
    description: progressText(value.counts),
    detail: value.path,
  }));
  return pick(items, t('Which plan?'), t('There is no plan in this workspace.'));
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
    .map((value) => item(value, `${value.key} ${value.title}`, subtaskLook(value)));
  return pick(items, t('Which subtask?'), t('No subtask of the plan is in a state for that.'));
}

/** By the run's id, by a need that is about a run, or as the last run of a subtask. */
export async function runOf(
  mirror: Mirror,
  target: Target | undefined,
  offers: (run: RunView) => boolean = () => true,
): Promise<RunView | undefined> {
  if (target !== undefined) {
    const need = mirror.needs.get(target.id ?? '');
    const direct = mirror.runs.get(target.id ?? '') ?? mirror.runs.get(need?.runId ?? '');
    if (direct !== undefined) return direct;
    const subtask = mirror.subtasksOf(target.planId).find((one) => one.key === target.key);
    return mirror.runs.get(subtask?.lastRunId ?? '');
  }
  const items = mirror
    .runsByTime()
    .filter(offers)
    .map((value) => item(value, `${value.subtaskKey} ${value.title}`, runLook(value)));
  return pick(items, t('Which run?'), t('There is no run for that.'));
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
