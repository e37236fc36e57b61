import { noPlanSentence } from '../formats/no-plan';
import { isLeftOut, leftOutReason } from '../model/left-out';
import type { Gate, Phase, Plan, Subtask } from '../model/plan';
import { subtasksOf } from '../model/plan';
import { tally } from '../model/progress';
import type { SubtaskStatus } from '../model/status';
import type { PlanDocument } from './document';
import type { PlanOverlay, SubtaskOverlay } from './overlay';
import type { Range } from './positions';
import { leafOf, progressWords, runWords } from './words';

/** What a click asks for; the server knows the ids that go with the keys. */
export type LensAction =
  | { action: 'runPlan' | 'stopPlan' | 'pausePlan' | 'resumePlan' }
  | { action: 'runPhase' | 'runSubtask' | 'stopSubtask' | 'verifySubtask'; key: string }
  | { action: 'pauseSubtask' | 'resumeSubtask' | 'continueSubtask'; key: string }
  | { action: 'showRun' | 'approveGate' | 'rejectGate'; id: string };

export interface Lens {
  range: Range;
  title: string;
  /** `null`: a text that cannot be clicked. */
  target: LensAction | null;
}

const runnable: ReadonlySet<SubtaskStatus> = new Set(['pending', 'claimed']);
const runnableAgain: ReadonlySet<SubtaskStatus> = new Set(['failed', 'needs_attention']);
const verifiable: ReadonlySet<SubtaskStatus> = new Set([
  'claimed',
  'done',
  'failed',
  'needs_attention',
]);

/** Lenses in the order in which they stand above a line. `now` is in milliseconds. */
export function lensesOf(document: PlanDocument, overlay: PlanOverlay, now: number): Lens[] {
  const { positions } = document;
  const on = (line: number, lenses: Omit<Lens, 'range'>[]): Lens[] =>
    lenses.map((lens) => ({ range: positions.rangeOfLine(line), ...lens }));
  const { whole, isOwn, reading, files } = document;
  const text = whole === null && isOwn ? noPlanSentence(reading, files.format.title) : null;
  if (text !== null) return on(1, [{ title: text, target: null }]);
  return reading.plans.flatMap((plan) => [
    ...on(1, isOwn ? planLenses(plan, overlay) : []),
    ...plan.phases.flatMap((phase) => [
      ...on(phase.line, phaseLenses(phase, overlay)),
      ...phase.subtasks.flatMap((subtask) =>
        on(subtask.line, subtaskLenses(subtask, overlay, now)),
      ),
    ]),
    ...plan.gates.flatMap((gate) => on(gate.line, gateLenses(gate, overlay))),
  ]);
}

function planLenses(plan: Plan, overlay: PlanOverlay): Omit<Lens, 'range'>[] {
  const subtasks = subtasksOf(plan);
  const counts = tally(subtasks.map((subtask) => leafOf(subtask, overlay)));
  if (counts.total + counts.leftOut === 0) return [];
  const words = progressWords(counts, frozenAmong(subtasks, overlay));
  if (counts.open === 0) return [{ title: words, target: null }];
  const run: Omit<Lens, 'range'> = { title: `Run plan · ${words}`, target: { action: 'runPlan' } };
  return [run, ...stopAndPause(subtasks, overlay)];
}

function isFrozen(known: SubtaskOverlay | undefined): boolean {
  return known?.live === true && known.lastRun?.state === 'paused';
}

function frozenAmong(subtasks: readonly Subtask[], overlay: PlanOverlay): number {
  return subtasks.filter(({ key }) => isFrozen(overlay.subtasks.get(key))).length;
}

function stopAndPause(subtasks: readonly Subtask[], overlay: PlanOverlay): Omit<Lens, 'range'>[] {
  const { activity } = overlay;
  const isLive = subtasks.some(({ key }) => overlay.subtasks.get(key)?.live === true);
  const lenses: Omit<Lens, 'range'>[] = [];
  if (isLive || activity !== null) lenses.push({ title: 'Stop', target: { action: 'stopPlan' } });
  if (activity === 'running') lenses.push({ title: 'Pause', target: { action: 'pausePlan' } });
  if (activity === 'paused') lenses.push({ title: 'Resume', target: { action: 'resumePlan' } });
  return lenses;
}

function phaseLenses(phase: Phase, overlay: PlanOverlay): Omit<Lens, 'range'>[] {
  const counts = tally(phase.subtasks.map((subtask) => leafOf(subtask, overlay)));
  if (phase.id === null || counts.total + counts.leftOut === 0) return [];
  const words = progressWords(counts, frozenAmong(phase.subtasks, overlay));
  if (counts.open === 0) return [{ title: words, target: null }];
  return [{ title: `Run phase · ${words}`, target: { action: 'runPhase', key: phase.key } }];
}

function subtaskLenses(subtask: Subtask, overlay: PlanOverlay, now: number): Omit<Lens, 'range'>[] {
  const { key } = subtask;
  const known = overlay.subtasks.get(key);
  const { status, leftOut } = leafOf(subtask, overlay);
  const lenses: Omit<Lens, 'range'>[] = [];
  if (known?.isPaused === true)
    lenses.push({ title: 'Resume', target: { action: 'resumeSubtask', key } });
  if (known?.live === true) {
    if (!known.isPaused && !isFrozen(known))
      lenses.push({ title: 'Pause', target: { action: 'pauseSubtask', key } });
    lenses.push({ title: 'Stop', target: { action: 'stopSubtask', key } });
  } else if (isLeftOut(status, leftOut)) {
    lenses.push({ title: `Left out: ${leftOutReason(subtask) ?? ''}`, target: null });
  } else {
    if (known?.canResume === true)
      lenses.push({ title: 'Continue', target: { action: 'continueSubtask', key } });
    if (runnable.has(status) && known?.isPaused !== true)
      lenses.push({ title: 'Run', target: { action: 'runSubtask', key } });
    if (runnableAgain.has(status))
      lenses.push({ title: 'Run again', target: { action: 'runSubtask', key } });
    if (verifiable.has(status))
      lenses.push({ title: 'Verify', target: { action: 'verifySubtask', key } });
  }
  const run = known?.lastRun ?? null;
  if (run !== null)
    lenses.push({
      title: `Show run · ${runWords(run, now)}`,
      target: { action: 'showRun', id: run.id },
    });
  return lenses;
}

function gateLenses(gate: Gate, overlay: PlanOverlay): Omit<Lens, 'range'>[] {
  const known = overlay.gates.get(gate.key);
  if (known?.state !== 'open') return [];
  return [
    { title: 'Approve', target: { action: 'approveGate', id: known.id } },
    { title: 'Reject', target: { action: 'rejectGate', id: known.id } },
  ];
}
