import type { Validator } from '../model/validator';
import type { Clock } from '../platform/clock';
import type { Log } from '../platform/log';
import type { AgentView } from '../protocol/views';
import type { AgentHealth } from '../runs/agent-health';
import type { ArtifactKeeper } from '../runs/artifact-keeper';
import type { Conditions } from '../runs/conditions';
import type { DecisionDesks } from '../runs/decision-desks';
import type { Gatekeeper } from '../runs/gatekeeper';
import type { Pauses } from '../runs/pauses';
import type { PermissionDesk } from '../runs/permission-desk';
import type { PlanLibrary } from '../runs/plan-library';
import type { ProgressLogs } from '../runs/progress-logs';
import type { Recorder } from '../runs/recorder';
import type { ProofAges } from '../runs/proof-ages';
import type { ReportImporter } from '../runs/report-importer';
import type { RunService } from '../runs/run-service';
import type { Staleness } from '../runs/staleness';
import type { VerificationDesk } from '../runs/verification-desk';
import type { SpecDesk } from '../runs/spec-desk';
import type { StatusReports } from '../runs/status-reports';
import type { WorkspaceSettings } from '../runs/workspace-settings';
import type { SubtaskDecisions } from '../runs/subtask-decisions';
import type { WorkspaceState } from '../runs/workspace-state';
import type { WorktreeKeeper } from '../runs/worktree-keeper';
import type { Store } from '../store/store';

/** What the engine's doors lead to. */
export interface EngineContext {
  workspace: string;
  engineId: string;
  engineVersion: string;
  startedAt: string;
  store: Store;
  state: WorkspaceState;
  conditions: Conditions;
  library: PlanLibrary;
  runs: RunService;
  verifications: VerificationDesk;
  staleness: Staleness;
  proofAges: ProofAges;
  pauses: Pauses;
  health: AgentHealth;
  subtaskDecisions: SubtaskDecisions;
  gatekeeper: Gatekeeper;
  desks: DecisionDesks;
  desk: PermissionDesk;
  recorder: Recorder;
  worktrees: WorktreeKeeper;
  artifactKeeper: ArtifactKeeper;
  reports: StatusReports;
  importer: ReportImporter;
  progressLogs: ProgressLogs;
  clock: Clock;
  log: Log;
  specs: SpecDesk;
  /** `runsheet.yml` as it is now. */
  readSettings: () => Promise<WorkspaceSettings>;
  listAgents: (refresh: boolean) => Promise<AgentView[]>;
  /** Checks that the workspace asks of every subtask, as last read. */
  workspaceChecks: () => readonly Validator[];
  clients: () => number;
  /** Ends the engine after the answer is out. */
  shutDown: () => void;
}
