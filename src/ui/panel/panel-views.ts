import { t } from '@vscode/l10n';
import type { Mirror } from '../../protocol/mirror';
import type {
  PanelAsk,
  PanelEvent,
  PanelPlan,
  PanelRun,
  PanelTrouble,
  PanelWait,
  Tone,
} from '../../protocol/panel';
import type { Counts, EventView, PlanView, RunView, SubtaskView } from '../../protocol/views';
import { costText, durationText, localTime, tokenText, withLocalTimes } from '../tree/figures';
import { withoutEmphasis } from '../tree/markdown';
import { progressSentence } from '../tree/progress-text';
import { colors, gateLook, runLook, subtaskLook, type Look } from '../tree/status-look';
import { firstLine } from '../tree/subtask-item';

// The engine's views as the panel shows them, in the person's language.

const tones: ReadonlyMap<string | null, Tone> = new Map<string, Tone>([
  [colors.good, 'good'],
  [colors.bad, 'bad'],
  [colors.warning, 'warning'],
  [colors.active, 'active'],
]);

function toneOf(look: Look): Tone {
  return tones.get(look.color) ?? 'quiet';
}

function isRunnable(counts: Counts): boolean {
  return counts.done + counts.skipped < counts.total;
}

export function panelPlan(plan: PlanView, mirror: Mirror): PanelPlan {
  const { id, path, counts, isBeingRun, pause } = plan;
  const title = withoutEmphasis(plan.title);
  return {
    id,
    title,
    path,
    counts,
    summary: progressSentence(counts),
    // While it is paused, what it says is that.
    message: pause === null ? withLocalTimes(executionMessage(mirror, id)) : '',
    runnable: isRunnable(counts),
    running: counts.running > 0 || isBeingRun || pause !== null,
    pausable: isBeingRun,
    paused: pause?.text ?? '',
    pausedSince: pause?.since ?? null,
    waits: isBeingRun || pause !== null ? panelWaits(mirror, id) : [],
    phases: plan.phases.map((phase) => ({
      key: phase.key,
      title: phase.title === '' ? title : withoutEmphasis(phase.title),
      counts: phase.counts,
      summary: progressSentence(phase.counts),
      runnable: isRunnable(phase.counts),
    })),
    gates: plan.gates.map((gate) => {
      const look = gateLook(gate.state);
      const { word, icon } = look;
      return {
        id: gate.id,
        title: gate.title,
        word,
        icon,
        tone: toneOf(look),
        open: gate.state === 'open',
      };
    }),
  };
}

/** What the plan's latest execution says about itself. */
function executionMessage(mirror: Mirror, planId: string): string {
  const own = [...mirror.executions.values()].filter((one) => one.planId === planId);
  const latest = own.sort((a, b) => (a.id < b.id ? 1 : -1))[0];
  return latest?.message ?? '';
}

const mostWaits = 50;

/** What of the plan goes on by itself later, first what is due first. */
function panelWaits(mirror: Mirror, planId: string): PanelWait[] {
  return mirror
    .subtasksOf(planId)
    .flatMap((subtask) => waitOf(subtask) ?? [])
    .sort((a, b) => dueTime(a) - dueTime(b))
    .slice(0, mostWaits);
}

function dueTime({ until }: PanelWait): number {
  return until === null ? Number.MAX_SAFE_INTEGER : Date.parse(until);
}

function waitOf(subtask: SubtaskView): PanelWait | null {
  const { key, title, waitsFor, attempts, attemptLimit, pause } = subtask;
  const isPaused = pause !== null && subtask.status === 'pending';
  if (waitsFor === null && !isPaused) return null;
  const look = subtaskLook(subtask);
  const isRetry = !isPaused && waitsFor?.kind === 'retry';
  const attempt = isRetry ? [t('attempt {0} of {1}', attempts + 1, attemptLimit)] : [];
  return {
    key,
    title,
    word: [...attempt, isPaused ? pause.text : look.word].join(' · '),
    icon: look.icon,
    until: isPaused ? null : (waitsFor?.until ?? null),
  };
}

/** Agents that take no work now. */
export function panelTroubles(mirror: Mirror): PanelTrouble[] {
  const needs = [...mirror.needs.values()].filter(({ kind }) => kind === 'agent');
  return needs.map(({ id, title, detail, until }) => ({
    agent: id,
    name: title,
    word: until === undefined ? t('takes no work') : t('tried again at {0}', localTime(until)),
    reason: withLocalTimes(detail),
    until: until ?? null,
  }));
}

export function panelRun(run: RunView, mirror: Mirror): PanelRun {
  const own = mirror.subtasks.get(run.subtaskId)?.pause?.of === 'subtask';
  const look = runLook(run);
  const live = run.state !== 'ended';
  const figures = live
    ? []
    : [durationText(run), costText(run.costMicros), tokenText(run.tokensIn, run.tokensOut)].filter(
        (figure) => figure !== null,
      );
  return {
    id: run.id,
    planId: run.planId,
    key: run.subtaskKey,
    title: run.title,
    word: look.word,
    icon: look.icon.replace('~spin', ''),
    tone: toneOf(look),
    live,
    agent: run.agentKey,
    attempt: run.attempt,
    startedAt: run.startedAt,
    pausedSince: run.pausedSince,
    pausedMs: run.pausedMs,
    pausable: live && !own && run.state !== 'paused' && run.state !== 'cancelling',
    resumable: live && own,
    figures: figures.join(' · '),
    lastEvent: run.lastEvent === null ? '' : eventLine(run.lastEvent),
    error: run.error ?? '',
    hasDiff: run.baseCommit !== null,
  };
}

/** What agents ask and nobody has answered. */
export function panelAsks(mirror: Mirror): PanelAsk[] {
  const asks = [...mirror.needs.values()].filter(({ kind }) => kind === 'permission');
  return asks.map(({ id, planId, title, detail, options }) => {
    const answers = options.map((option) => ({ id: option.id, name: option.name }));
    return { id, planId: planId ?? '', title, detail, options: answers };
  });
}

function eventLine({ type, text }: { type: string; text: string }): string {
  return firstLine(text === '' ? type : `${type}: ${text}`, 200);
}

/** Steps of a run that a person should not miss. */
const eventTones: ReadonlyMap<string, Tone> = new Map<string, Tone>([
  ['budget_warning', 'warning'],
  ['budget_exhausted', 'bad'],
  ['policy_violation', 'bad'],
  ['policy_not_enforced', 'warning'],
  ['retry_scheduled', 'warning'],
  ['paused', 'warning'],
  ['interrupted', 'warning'],
]);

const longestText = 20_000;

export function panelEvent(event: EventView): PanelEvent {
  const text =
    event.text.length > longestText ? `${event.text.slice(0, longestText)}…` : event.text;
  const time = new Date(event.at).toTimeString().slice(0, 8);
  const tone = eventTones.get(event.type) ?? 'quiet';
  return { sequence: event.sequence, time, type: event.type, tone, text };
}
