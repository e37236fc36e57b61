import type {
  PanelAsk,
  PanelEvent,
  PanelMessage,
  PanelPlan,
  PanelRun,
  PanelSelection,
  PanelStrings,
  PanelTrouble,
  RunEvents,
} from '../protocol/panel';

/** All that the panel shows; replaced, never changed in place. */
export interface PanelState {
  /** `null` before the host has spoken. */
  strings: PanelStrings | null;
  connected: boolean;
  needs: number;
  asks: readonly PanelAsk[];
  troubles: readonly PanelTrouble[];
  plans: ReadonlyMap<string, PanelPlan>;
  runs: ReadonlyMap<string, PanelRun>;
  selection: PanelSelection;
  transcript: Transcript;
}

/** The events of the selected run. */
export interface Transcript {
  omitted: number;
  events: readonly PanelEvent[];
}

export type PanelAction =
  { type: 'message'; message: PanelMessage } | { type: 'select'; selection: PanelSelection };

const emptyTranscript: Transcript = { omitted: 0, events: [] };
const mostEvents = 20_000;

export function initialState(selection: PanelSelection): PanelState {
  return {
    strings: null,
    connected: true,
    needs: 0,
    asks: [],
    troubles: [],
    plans: new Map(),
    runs: new Map(),
    selection,
    transcript: emptyTranscript,
  };
}

export function reduce(state: PanelState, action: PanelAction): PanelState {
  if (action.type === 'select') return select(state, action.selection);
  const { message } = action;
  switch (message.type) {
    case 'show':
      return {
        ...state,
        strings: message.strings,
        connected: message.connected,
        needs: message.needs,
        asks: message.asks,
        troubles: message.troubles,
        plans: byId(new Map<string, PanelPlan>(), message.plans),
        runs: byId(new Map<string, PanelRun>(), message.runs),
      };
    case 'update':
      return {
        ...state,
        connected: message.connected,
        needs: message.needs,
        asks: message.asks,
        troubles: message.troubles,
        plans: without(byId(state.plans, message.plans), message.removedPlans),
        runs: byId(state.runs, message.runs),
        transcript: message.events
          .filter((events) => events.runId === state.selection.runId)
          .reduce(extend, state.transcript),
      };
    case 'select': {
      const { planId, runId } = message;
      return select(state, {
        planId: planId ?? state.selection.planId,
        runId: runId ?? state.selection.runId,
      });
    }
  }
}

function select(state: PanelState, selection: PanelSelection): PanelState {
  const sameRun = selection.runId === state.selection.runId;
  return { ...state, selection, transcript: sameRun ? state.transcript : emptyTranscript };
}

function extend(transcript: Transcript, { reset, omitted, events }: RunEvents): Transcript {
  const all = reset ? events : [...transcript.events, ...events];
  const excess = Math.max(0, all.length - mostEvents);
  return { omitted: Math.max(omitted, transcript.omitted) + excess, events: all.slice(excess) };
}

function byId<T extends { id: string }>(
  known: ReadonlyMap<string, T>,
  items: readonly T[],
): ReadonlyMap<string, T> {
  if (items.length === 0) return known;
  const all = new Map(known);
  for (const item of items) all.set(item.id, item);
  return all;
}

function without<T>(known: ReadonlyMap<string, T>, ids: readonly string[]): ReadonlyMap<string, T> {
  if (ids.length === 0) return known;
  return new Map([...known].filter(([id]) => !ids.includes(id)));
}

/** The plan that is shown: the selected one, else the first. */
export function shownPlan(state: PanelState): PanelPlan | null {
  const selected = state.plans.get(state.selection.planId ?? '');
  return selected ?? [...state.plans.values()][0] ?? null;
}

/** The plan's runs: live ones first, newer before older. */
export function runsOf(state: PanelState, planId: string): PanelRun[] {
  return [...state.runs.values()]
    .filter((run) => run.planId === planId)
    .sort((a, b) => Number(b.live) - Number(a.live) || (a.id < b.id ? 1 : -1));
}
