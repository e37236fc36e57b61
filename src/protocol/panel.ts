import { z } from 'zod';
import { countsSchema } from './views';

// What the progress panel and its host say to each other. Both ends parse every message. Words
// come from the host: the panel has no language of its own.

const toneSchema = z.enum(['good', 'bad', 'warning', 'active', 'quiet']);
export type Tone = z.infer<typeof toneSchema>;

const panelPhaseSchema = z.object({
  key: z.string(),
  title: z.string(),
  counts: countsSchema,
  /** The counts in words. */
  summary: z.string(),
  runnable: z.boolean(),
});
export type PanelPhase = z.infer<typeof panelPhaseSchema>;

const panelGateSchema = z.object({
  id: z.string(),
  title: z.string(),
  word: z.string(),
  icon: z.string(),
  tone: toneSchema,
  open: z.boolean(),
});
export type PanelGate = z.infer<typeof panelGateSchema>;

/** Something that goes on by itself at a time, or when an agent or a budget allows it again. */
const panelWaitSchema = z.object({
  key: z.string(),
  title: z.string(),
  /** Which attempt, and when in the person's clock. */
  word: z.string(),
  icon: z.string(),
  until: z.string().nullable(),
});
export type PanelWait = z.infer<typeof panelWaitSchema>;

/** An agent that takes no work now. */
const panelTroubleSchema = z.object({
  agent: z.string(),
  name: z.string(),
  word: z.string(),
  reason: z.string(),
  /** When it is tried again by itself. */
  until: z.string().nullable(),
});
export type PanelTrouble = z.infer<typeof panelTroubleSchema>;

const panelPlanSchema = z.object({
  id: z.string(),
  title: z.string(),
  path: z.string(),
  counts: countsSchema,
  summary: z.string(),
  /** Why its execution waits or how it ended; empty: nothing to say. */
  message: z.string(),
  runnable: z.boolean(),
  running: z.boolean(),
  pausable: z.boolean(),
  /** That it stands still, as a sentence; empty while it does not. */
  paused: z.string(),
  pausedSince: z.string().nullable(),
  waits: z.array(panelWaitSchema),
  phases: z.array(panelPhaseSchema),
  gates: z.array(panelGateSchema),
});
export type PanelPlan = z.infer<typeof panelPlanSchema>;

const panelRunSchema = z.object({
  /** Later runs have greater ids. */
  id: z.string(),
  planId: z.string(),
  key: z.string(),
  title: z.string(),
  word: z.string(),
  icon: z.string(),
  tone: toneSchema,
  live: z.boolean(),
  agent: z.string(),
  attempt: z.int(),
  startedAt: z.string().nullable(),
  /** Since when it stands still. */
  pausedSince: z.string().nullable(),
  /** How long it stood still before, in milliseconds. */
  pausedMs: z.int(),
  pausable: z.boolean(),
  /** Whether it goes on at a word about this subtask alone. */
  resumable: z.boolean(),
  /** Duration, tokens and cost in words; empty while it runs. */
  figures: z.string(),
  /** What it did last. */
  lastEvent: z.string(),
  error: z.string(),
  hasDiff: z.boolean(),
});
export type PanelRun = z.infer<typeof panelRunSchema>;

const panelAskSchema = z.object({
  /** Id of the permission request. */
  id: z.string(),
  planId: z.string(),
  title: z.string(),
  /** Several lines: the run, the tool and its places, the input. */
  detail: z.string(),
  options: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type PanelAsk = z.infer<typeof panelAskSchema>;

const panelEventSchema = z.object({
  sequence: z.int(),
  /** `HH:MM:SS` of the person's clock. */
  time: z.string(),
  type: z.string(),
  tone: toneSchema,
  text: z.string(),
});
export type PanelEvent = z.infer<typeof panelEventSchema>;

const panelStringsSchema = z.object({
  plan: z.string(),
  overall: z.string(),
  phases: z.string(),
  gates: z.string(),
  running: z.string(),
  nothingRuns: z.string(),
  runs: z.string(),
  noRuns: z.string(),
  noPlan: z.string(),
  transcript: z.string(),
  chooseRun: z.string(),
  noEvents: z.string(),
  omitted: z.string(),
  reconnecting: z.string(),
  proven: z.string(),
  accepted: z.string(),
  claimed: z.string(),
  runningWord: z.string(),
  pausedWord: z.string(),
  failed: z.string(),
  remaining: z.string(),
  leftOut: z.string(),
  runPlan: z.string(),
  runPhase: z.string(),
  stopPlan: z.string(),
  stopRun: z.string(),
  pause: z.string(),
  resume: z.string(),
  pausePlan: z.string(),
  resumePlan: z.string(),
  resumeNow: z.string(),
  pausedFor: z.string(),
  inTime: z.string(),
  waiting: z.string(),
  troubles: z.string(),
  openTranscript: z.string(),
  openDiff: z.string(),
  openFile: z.string(),
  approve: z.string(),
  reject: z.string(),
  attempt: z.string(),
  asks: z.string(),
  needsYou: z.string(),
  show: z.string(),
  jumpToEnd: z.string(),
});
export type PanelStrings = z.infer<typeof panelStringsSchema>;

const runEventsSchema = z.object({
  runId: z.string(),
  /** Whether the events replace what the panel has of the run. */
  reset: z.boolean(),
  /** How many older events the host no longer has. */
  omitted: z.int(),
  events: z.array(panelEventSchema),
});

/** From the host to the panel. */
export const panelMessageSchema = z.discriminatedUnion('type', [
  /** Everything, in answer to `ready` and when the engine was replaced. */
  z.object({
    type: z.literal('show'),
    strings: panelStringsSchema,
    connected: z.boolean(),
    needs: z.int(),
    asks: z.array(panelAskSchema),
    troubles: z.array(panelTroubleSchema),
    plans: z.array(panelPlanSchema),
    runs: z.array(panelRunSchema),
  }),
  /** What changed since; things are whole and replace what has their id. */
  z.object({
    type: z.literal('update'),
    connected: z.boolean(),
    needs: z.int(),
    /** All of them. */
    asks: z.array(panelAskSchema),
    /** All of them. */
    troubles: z.array(panelTroubleSchema),
    plans: z.array(panelPlanSchema),
    removedPlans: z.array(z.string()),
    runs: z.array(panelRunSchema),
    events: z.array(runEventsSchema),
  }),
  /** A command asks to look at something. */
  z.object({
    type: z.literal('select'),
    planId: z.string().nullable(),
    runId: z.string().nullable(),
  }),
]);
export type PanelMessage = z.infer<typeof panelMessageSchema>;
export type RunEvents = z.infer<typeof runEventsSchema>;

/** What the person looks at; kept by the panel over a reload of the window. */
export const panelSelectionSchema = z.object({
  planId: z.string().nullable().catch(null),
  runId: z.string().nullable().catch(null),
});
export type PanelSelection = z.infer<typeof panelSelectionSchema>;

const planId = z.string().max(200);
const key = z.string().max(400);
const id = z.string().max(200);

/** From the panel to the host: all that it can ask for. */
export const panelIntentSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('watchRun'), runId: id.nullable() }),
  z.object({ type: z.literal('runPlan'), planId }),
  z.object({ type: z.literal('stopPlan'), planId }),
  z.object({ type: z.literal('pausePlan'), planId }),
  z.object({ type: z.literal('resumePlan'), planId }),
  z.object({ type: z.literal('pauseSubtask'), planId, key }),
  z.object({ type: z.literal('resumeSubtask'), planId, key }),
  z.object({ type: z.literal('resumeAgent'), planId, id }),
  z.object({ type: z.literal('openAtLine'), planId, key: key.optional(), id: id.optional() }),
  z.object({ type: z.literal('runPhase'), planId, key }),
  z.object({ type: z.literal('stopRun'), planId, id }),
  z.object({ type: z.literal('showRun'), planId, id }),
  z.object({ type: z.literal('showRunDiff'), planId, id }),
  z.object({ type: z.literal('approveGate'), planId, id }),
  z.object({ type: z.literal('rejectGate'), planId, id }),
  z.object({ type: z.literal('answerPermission'), planId, id, option: key }),
  z.object({ type: z.literal('showActivity') }),
]);
export type PanelIntent = z.infer<typeof panelIntentSchema>;
