import { Range, Uri, window, type Disposable } from 'vscode';
import type { Mirror } from '../../protocol/mirror';
import type { PlanView } from '../../protocol/views';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register, type Target } from './register';
import { planOf } from './targets';

/** Shows a plan, phase, subtask or gate where it stands in its file. */
export function registerOpenAtLine({
  errors,
  folder,
  mirror,
}: Pick<Services, 'errors' | 'folder' | 'mirror'>): Disposable {
  return register(commandIds.openAtLine, errors, async (target) => {
    const plan = await planOf(mirror, planTarget(mirror, target));
    const root = folder();
    if (plan === undefined || root === null) return;
    const { file, line } = placeOf(mirror, plan, target);
    const start = Math.max(0, line - 1);
    const selection = new Range(start, 0, start, 0);
    await window.showTextDocument(Uri.joinPath(root.uri, file), { selection, preview: true });
  });
}

/** A run's or a need's plan may be known only by what it is about. */
function planTarget(mirror: Mirror, target: Target | undefined): Target | undefined {
  if (target === undefined || target.planId !== '') return target;
  const planId = mirror.runs.get(target.id ?? '')?.planId;
  return planId === undefined ? target : { ...target, planId };
}

function placeOf(
  mirror: Mirror,
  plan: PlanView,
  target: Target | undefined,
): { file: string; line: number } {
  const { file } = plan;
  const gate = plan.gates.find(({ id }) => id === target?.id);
  if (gate !== undefined) return { file, line: gate.line };
  const phase = plan.phases.find(({ id }) => id === target?.id);
  const subtask = mirror.subtasksOf(plan.id).find(({ key }) => key === target?.key);
  return phase ?? subtask ?? { file, line: 1 };
}
