import { RunsheetError } from './errors';
import type {
  CheckOutcome,
  ClaimDisposition,
  EscalationStatus,
  ExecutionState,
  FiringState,
  GateState,
  PermissionState,
  PhaseStatus,
  PlanState,
  RunState,
  SubtaskStatus,
  VerificationState,
} from './status';

/** From each state, the states that may follow. A step to the same state is always a no-op. */
export type TransitionTable<S extends string> = Readonly<Record<S, readonly S[]>>;

export const planTransitions: TransitionTable<PlanState> = {
  draft: ['active', 'cancelled'],
  active: ['completed', 'failed', 'cancelled'],
  completed: ['active'],
  failed: ['active'],
  cancelled: ['active'],
};

export const executionTransitions: TransitionTable<ExecutionState> = {
  pending: ['running', 'cancelled'],
  running: ['paused', 'completed', 'failed', 'cancelled'],
  paused: ['running', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

export const phaseTransitions: TransitionTable<PhaseStatus> = {
  pending: ['in_progress', 'blocked', 'done', 'skipped'],
  in_progress: ['blocked', 'done', 'pending'],
  blocked: ['pending', 'in_progress', 'done', 'skipped'],
  done: ['in_progress', 'pending'],
  skipped: ['pending'],
};

export const subtaskTransitions: TransitionTable<SubtaskStatus> = {
  pending: ['in_progress', 'claimed', 'blocked', 'done', 'needs_attention', 'skipped', 'cancelled'],
  claimed: ['done', 'pending', 'in_progress', 'needs_attention', 'skipped', 'cancelled'],
  in_progress: ['in_review', 'blocked', 'pending', 'failed', 'needs_attention', 'cancelled'],
  in_review: ['done', 'in_progress', 'failed', 'needs_attention', 'blocked', 'cancelled'],
  blocked: ['pending', 'in_progress', 'skipped', 'cancelled'],
  needs_attention: [
    'pending',
    'in_progress',
    'in_review',
    'done',
    'failed',
    'blocked',
    'skipped',
    'cancelled',
  ],
  failed: ['pending', 'in_review', 'done', 'skipped', 'cancelled'],
  done: ['needs_attention', 'pending'],
  skipped: ['pending'],
  cancelled: ['pending'],
};

export const runTransitions: TransitionTable<RunState> = {
  queued: ['spawning', 'ended'],
  spawning: ['running', 'cancelling', 'ended'],
  running: ['waiting', 'paused', 'verifying', 'cancelling', 'ended'],
  waiting: ['running', 'paused', 'cancelling', 'ended'],
  paused: ['running', 'cancelling', 'ended'],
  verifying: ['merging', 'cancelling', 'ended'],
  merging: ['verifying', 'ended'],
  cancelling: ['ended'],
  ended: [],
};

export const gateTransitions: TransitionTable<GateState> = {
  waiting: ['open', 'cancelled'],
  open: ['approved', 'rejected', 'overridden', 'waiting', 'cancelled'],
  rejected: ['open'],
  approved: ['open'],
  overridden: ['open'],
  cancelled: [],
};

export const verificationTransitions: TransitionTable<VerificationState> = {
  queued: ['running', 'ended'],
  running: ['ended'],
  ended: [],
};

/** A check result begins without an outcome, and keeps the one that it gets. */
export const checkResultTransitions: TransitionTable<CheckOutcome | 'unanswered'> = {
  unanswered: ['passed', 'failed', 'error', 'skipped'],
  passed: [],
  failed: [],
  error: [],
  skipped: [],
};

export const claimTransitions: TransitionTable<ClaimDisposition> = {
  open: ['confirmed', 'accepted', 'refuted', 'withdrawn'],
  confirmed: [],
  accepted: [],
  refuted: [],
  withdrawn: [],
};

export const escalationTransitions: TransitionTable<EscalationStatus> = {
  pending: ['acknowledged', 'cancelled'],
  acknowledged: ['resolved', 'cancelled'],
  resolved: [],
  cancelled: [],
};

export const permissionTransitions: TransitionTable<PermissionState> = {
  open: ['answered', 'expired', 'cancelled'],
  answered: [],
  expired: [],
  cancelled: [],
};

export const firingTransitions: TransitionTable<FiringState> = {
  waiting: ['fired', 'declined', 'failed'],
  fired: [],
  refused_cycle: [],
  refused_depth: [],
  declined: [],
  failed: [],
};

/**
 * Whether `to` changes anything: `false` for a no-op.
 * @throws RunsheetError `invalid_transition` with `{entity, from, to, allowed}`.
 */
export function checkTransition<S extends string>(
  entity: string,
  table: TransitionTable<S>,
  from: S,
  to: S,
): boolean {
  if (from === to) return false;
  const allowed = table[from];
  if (allowed.includes(to)) return true;
  const ways = allowed.length === 0 ? 'nothing follows' : `allowed: ${allowed.join(', ')}`;
  throw new RunsheetError(
    'invalid_transition',
    `A ${entity} cannot go from ${from} to ${to} (${ways}).`,
    { entity, from, to, allowed },
  );
}
