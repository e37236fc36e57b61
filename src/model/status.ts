import { z } from 'zod';

// The closed lists of states; the words are those of the database (docs/architecture.md).

export const subtaskStatusSchema = z.enum([
  'pending',
  'claimed',
  'in_progress',
  'in_review',
  'blocked',
  'needs_attention',
  'done',
  'failed',
  'skipped',
  'cancelled',
]);
export type SubtaskStatus = z.infer<typeof subtaskStatusSchema>;

/** How a `done` came about: by checks that we ran, or by a named person's word. */
export const proofSchema = z.enum(['proven', 'accepted']);
export type Proof = z.infer<typeof proofSchema>;

export const phaseStatusSchema = z.enum(['pending', 'in_progress', 'blocked', 'done', 'skipped']);
export type PhaseStatus = z.infer<typeof phaseStatusSchema>;

export const planStateSchema = z.enum(['draft', 'active', 'completed', 'failed', 'cancelled']);
export type PlanState = z.infer<typeof planStateSchema>;

export const executionStateSchema = z.enum([
  'pending',
  'running',
  'paused',
  'completed',
  'failed',
  'cancelled',
]);
export type ExecutionState = z.infer<typeof executionStateSchema>;

export const runStateSchema = z.enum([
  'queued',
  'spawning',
  'running',
  'waiting',
  'paused',
  'verifying',
  'merging',
  'cancelling',
  'ended',
]);
export type RunState = z.infer<typeof runStateSchema>;

export const runOutcomeSchema = z.enum([
  'completed',
  'failed',
  'timed_out',
  'over_budget',
  'cancelled',
  'interrupted',
]);
export type RunOutcome = z.infer<typeof runOutcomeSchema>;

export const verdictSchema = z.enum(['passed', 'failed', 'partial', 'error', 'unverified']);
export type Verdict = z.infer<typeof verdictSchema>;

export const checkOutcomeSchema = z.enum(['passed', 'failed', 'error', 'skipped']);
export type CheckOutcome = z.infer<typeof checkOutcomeSchema>;

export const gateStateSchema = z.enum([
  'waiting',
  'open',
  'approved',
  'rejected',
  'overridden',
  'cancelled',
]);
export type GateState = z.infer<typeof gateStateSchema>;

export const gateDecisionSchema = z.enum(['approve', 'reject', 'override', 'reopen']);
export type GateDecision = z.infer<typeof gateDecisionSchema>;

export const permissionStateSchema = z.enum(['open', 'answered', 'expired', 'cancelled']);
export type PermissionState = z.infer<typeof permissionStateSchema>;

export const claimDispositionSchema = z.enum([
  'open',
  'confirmed',
  'accepted',
  'refuted',
  'withdrawn',
]);
export type ClaimDisposition = z.infer<typeof claimDispositionSchema>;

export const verificationStateSchema = z.enum(['queued', 'running', 'ended']);
export type VerificationState = z.infer<typeof verificationStateSchema>;

export const escalationStatusSchema = z.enum(['pending', 'acknowledged', 'resolved', 'cancelled']);
export type EscalationStatus = z.infer<typeof escalationStatusSchema>;

export const escalationReasonSchema = z.enum([
  'rejections_exhausted',
  'attempts_exhausted',
  'over_budget',
  'merge_conflict',
  'stuck',
  'manual',
]);
export type EscalationReason = z.infer<typeof escalationReasonSchema>;

/** How a rejection was settled: by a proof, taken back, or passed over by a person's word. */
export const rejectionResolutionSchema = z.enum(['fixed', 'withdrawn', 'overridden']);
export type RejectionResolution = z.infer<typeof rejectionResolutionSchema>;

export const firingStateSchema = z.enum([
  'waiting',
  'fired',
  'refused_cycle',
  'refused_depth',
  'declined',
  'failed',
]);
export type FiringState = z.infer<typeof firingStateSchema>;
