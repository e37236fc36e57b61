import type { Agent, AgentDefinition, AgentTask } from '../agents/agent';
import type { CheckContext, CheckRunner } from '../checks/check';
import type { Plan, Phase, Subtask } from '../model/plan';
import type { CommandText, Validator } from '../model/validator';
import type { Clock } from '../platform/clock';
import type { Log } from '../platform/log';
import type { Store } from '../store/store';
import type { RunRow } from '../store/repositories/runs';
import type { PlanBranch } from '../workspaces/workspace';
import type { PermissionDesk } from './permission-desk';
import type { DependencyResult } from './prompt';
import type { Recorder } from './recorder';
import type { Verifier } from './verifier';

/** Everything that one run is about; fixed when it is dispatched. */
export interface Assignment {
  run: RunRow;
  plan: Plan;
  planPath: string;
  phase: Phase | null;
  subtask: Subtask;
  checks: readonly Validator[];
  acceptanceSpecId: string;
  definition: AgentDefinition;
  branch: PlanBranch;
  setup: CommandText | null;
  copy: readonly string[];
  limits: AgentTask['limits'];
  dependencies: readonly DependencyResult[];
}

/** What runs share: the effects on the world, one per engine. */
export interface RunServices {
  store: Store;
  recorder: Recorder;
  verifier: Verifier;
  checks: CheckRunner;
  desk: PermissionDesk;
  clock: Clock;
  log: Log;
  agentFor: (definition: AgentDefinition) => Agent;
  /** The allow-listed environment of a run's processes. */
  environment: (marker: string) => Readonly<Record<string, string>>;
  isApproved: CheckContext['isApproved'];
  isAgentApproved: (definition: AgentDefinition) => boolean;
  /** A folder of the run's own, outside its worktree. */
  scratchDirectory: (runId: string) => Promise<string>;
}
