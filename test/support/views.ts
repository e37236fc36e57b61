import type {
  Counts,
  EventView,
  GateView,
  NeedView,
  PhaseView,
  PlanView,
  RunView,
  SubtaskView,
} from '../../src/protocol/views';

// Views as the engine sends them, with plain values for what a test does not care about.

export function counts(values: Partial<Counts> = {}): Counts {
  return {
    total: 0,
    done: 0,
    proven: 0,
    claimed: 0,
    running: 0,
    paused: 0,
    failed: 0,
    needsAttention: 0,
    skipped: 0,
    leftOut: 0,
    ...values,
  };
}

export function phaseView(values: Partial<PhaseView> & { id: string }): PhaseView {
  return {
    key: values.id,
    title: `Phase ${values.id}`,
    position: 0,
    file: 'demo.plan.md',
    line: 1,
    status: 'pending',
    counts: counts(),
    pause: null,
    ...values,
  };
}

export function planView(values: Partial<PlanView> = {}): PlanView {
  return {
    id: 'plan',
    path: 'demo.plan.md',
    file: 'demo.plan.md',
    title: 'Demo',
    format: 'runsheet',
    statusNote: null,
    state: 'active',
    isBeingRun: false,
    pause: null,
    counts: counts(),
    phases: [],
    gates: [],
    problems: [],
    workBranch: null,
    baseBranch: null,
    agent: null,
    etaMs: null,
    ...values,
  };
}

export function subtaskView(values: Partial<SubtaskView> & { key: string }): SubtaskView {
  return {
    id: `id-${values.key}`,
    planId: 'plan',
    phaseId: null,
    title: `Title of ${values.key}`,
    status: 'pending',
    proof: null,
    proofOutdated: false,
    statusReason: null,
    fileStatus: null,
    fileSays: 'pending',
    position: 0,
    wave: 1,
    declaredWave: null,
    file: 'demo.plan.md',
    line: 1,
    leftOut: false,
    optional: false,
    files: [],
    labels: [],
    dependsOn: [],
    checks: [],
    whyNotReady: [],
    waitsFor: null,
    pause: null,
    attempts: 0,
    attemptLimit: 3,
    lastRunId: null,
    canResume: false,
    ...values,
  };
}

export function gateView(values: Partial<GateView> & { id: string }): GateView {
  return {
    planId: 'plan',
    key: values.id,
    title: `Gate ${values.id}`,
    kind: 'human',
    state: 'waiting',
    round: 1,
    line: 1,
    phaseId: null,
    trigger: 'after_phase',
    criteria: [],
    openedAt: null,
    decision: null,
    ...values,
  };
}

export function runView(values: Partial<RunView> & { id: string }): RunView {
  return {
    planId: 'plan',
    executionId: null,
    subtaskId: 'id-T01',
    subtaskKey: 'T01',
    title: 'Title of T01',
    agentKey: 'claude',
    agentVersion: null,
    model: null,
    attempt: 1,
    state: 'running',
    outcome: null,
    verdict: null,
    stopReason: null,
    error: null,
    baseCommit: null,
    headCommit: null,
    mergeCommit: null,
    branch: null,
    worktree: null,
    tokensIn: 0,
    tokensOut: 0,
    costMicros: null,
    turns: 0,
    createdAt: '2026-01-05T10:00:00.000Z',
    startedAt: null,
    pausedSince: null,
    pausedMs: 0,
    endedAt: null,
    lastEvent: null,
    ...values,
  };
}

export function needView(values: Partial<NeedView> & { id: string }): NeedView {
  return {
    kind: 'attention',
    state: 'open',
    planId: 'plan',
    subtaskId: null,
    runId: null,
    title: `Need ${values.id}`,
    detail: 'Something waits.',
    options: [],
    since: '2026-01-05T10:00:00.000Z',
    ...values,
  };
}

export function eventView(values: Partial<EventView> & { sequence: number }): EventView {
  return {
    runId: 'run',
    type: 'message',
    at: '2026-01-05T10:00:00.000Z',
    actor: 'engine',
    toolName: null,
    text: `event ${String(values.sequence)}`,
    payload: {},
    ...values,
  };
}
