import type { Mirror } from '../../protocol/mirror';
import type { PanelEvent, PanelPlan, PanelRun, Tone } from '../../protocol/panel';
import type { Counts, EventView, PlanView, RunView } from '../../protocol/views';
import { costText, durationText, tokenText } from '../tree/figures';
import { progressSentence } from '../tree/progress-text';
import { colors, gateLook, runLook, type Look } from '../tree/status-look';
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
  const { id, title, path, counts } = plan;
  return {
    id,
    title,
    path,
    counts,
    summary: progressSentence(counts),
    message: executionMessage(mirror, id),
    runnable: isRunnable(counts),
    running: counts.running > 0,
    phases: plan.phases.map((phase) => ({
      key: phase.key,
      title: phase.title === '' ? title : phase.title,
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

export function panelRun(run: RunView): PanelRun {
  const look = runLook(run);
  const live = run.state !== 'ended';
  const figures = live
    ? []
    : [
        durationText(run.startedAt, run.endedAt),
        costText(run.costMicros),
        tokenText(run.tokensIn, run.tokensOut),
      ].filter((figure) => figure !== null);
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
    figures: figures.join(' · '),
    lastEvent: run.lastEvent === null ? '' : eventLine(run.lastEvent),
    error: run.error ?? '',
    hasDiff: run.baseCommit !== null,
  };
}

function eventLine({ type, text }: { type: string; text: string }): string {
  return firstLine(text === '' ? type : `${type}: ${text}`, 200);
}

const longestText = 20_000;

export function panelEvent(event: EventView): PanelEvent {
  const text =
    event.text.length > longestText ? `${event.text.slice(0, longestText)}…` : event.text;
  const time = new Date(event.at).toTimeString().slice(0, 8);
  return { sequence: event.sequence, time, type: event.type, text };
}
