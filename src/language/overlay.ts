import type {
  GateState,
  Proof,
  RunOutcome,
  RunState,
  SubtaskStatus,
  Verdict,
} from '../model/status';

// What the engine knows of the plan in a file. Without it the file speaks alone.

export interface LastRun {
  id: string;
  state: RunState;
  outcome: RunOutcome | null;
  verdict: Verdict | null;
  /** UTC text; `null` while it goes on. */
  endedAt: string | null;
}

export interface SubtaskOverlay {
  status: SubtaskStatus;
  proof: Proof | null;
  /** One sentence each. */
  whyNotReady: readonly string[];
  lastRun: LastRun | null;
  live: boolean;
  /** Whether a person lets it stand still, it alone. */
  isPaused: boolean;
  /** Whether its last run was cut off and could go on. */
  canResume: boolean;
}

export interface GateOverlay {
  id: string;
  state: GateState;
}

export interface PlanOverlay {
  /** By the key of the subtask. */
  subtasks: ReadonlyMap<string, SubtaskOverlay>;
  /** By the key of the gate. */
  gates: ReadonlyMap<string, GateOverlay>;
  /** Whether the plan is carried out; `null`: nobody has started it. */
  activity: 'running' | 'paused' | null;
}

export const noOverlay: PlanOverlay = { subtasks: new Map(), gates: new Map(), activity: null };
