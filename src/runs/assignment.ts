import type { Agent, AgentDefinition, AgentTask } from '../agents/agent';
import type { CheckContext, CheckRunner } from '../checks/check';
import type { AgentSpec } from '../model/agent-spec';
import type { NextRun } from '../model/next-run';
import type { ConflictPolicy, Plan, Phase, Subtask } from '../model/plan';
import type { CommandText } from '../model/validator';
import type { Clock } from '../platform/clock';
import type { Files } from '../platform/files';
import type { Log } from '../platform/log';
import type { Store } from '../store/store';
import type { RunRow } from '../store/repositories/runs';
import type { PlanBranch } from '../workspaces/workspace';
import type { AgentHealth } from './agent-health';
import type { BudgetDesk } from './budget-desk';
import { posix } from 'node:path';
import type { CheckWork } from './check-work';
import type { PermissionDesk } from './permission-desk';
import type { DependencyResult } from './prompt';
import type { Recorder } from './recorder';
import type { Verifier } from './verifier';

/** Everything that one run is about; fixed when it is dispatched. */
export interface Assignment {
  run: RunRow;
  plan: Plan;
  planPath: string;
  /** Files that say what is to be done and how far it is: nobody's work changes them. */
  planFiles: readonly string[];
  phase: Phase | null;
  subtask: Subtask;
  /** What it is asked and what proves it. */
  spec: AgentSpec;
  /** Whether the spec only says what the plan says. */
  isDerived: boolean;
  acceptanceSpecId: string;
  /** Of the spec that has one try when the retries are used up. */
  fallbackSpecId: string | null;
  /** What was decided about this run beforehand; `null`: it was simply its turn. */
  startedBy: NextRun | null;
  /** The run whose work it goes on with. */
  previous: RunRow | null;
  attemptLimit: number;
  definition: AgentDefinition;
  branch: PlanBranch;
  setup: CommandText | null;
  /** Hosts beside this machine that `http` checks may ask. */
  hosts: readonly string[];
  conflicts: ConflictPolicy;
  /** Key of the agent that reviews where a check names none. */
  reviewer: string | null;
  limits: AgentTask['limits'];
  dependencies: readonly DependencyResult[];
}

/** What runs share: the effects on the world, one per engine. */
export interface RunServices {
  store: Store;
  recorder: Recorder;
  verifier: Verifier;
  checks: CheckRunner;
  /** Checks that go on without a run. */
  checkWork: CheckWork;
  desk: PermissionDesk;
  clock: Clock;
  log: Log;
  files: Files;
  health: AgentHealth;
  budgets: BudgetDesk;
  /** In [0, 1). */
  random: () => number;
  agentFor: (definition: AgentDefinition) => Agent;
  /** The allow-listed environment of a run's processes. */
  environment: (marker: string) => Readonly<Record<string, string>>;
  isApproved: CheckContext['isApproved'];
  isAgentApproved: (definition: AgentDefinition) => boolean;
  /** A folder of the run's own, outside its worktree. */
  scratchDirectory: (runId: string) => Promise<string>;
}

/** The files of its plan as they are named in the repository. */
export function planFilesIn({ branch, planFiles }: Assignment): string[] {
  return planFiles.map((path) => posix.join(branch.prefix, path));
}
