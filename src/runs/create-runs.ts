import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent, AgentDefinition } from '../agents/agent';
import { childEnvironment, type Variables } from '../agents/environment';
import type { CheckRunner } from '../checks/check';
import type { Clock } from '../platform/clock';
import type { Files } from '../platform/files';
import type { Log } from '../platform/log';
import type { ArtifactFiles } from '../store/artifact-files';
import { approvals as approvalRows } from '../store/repositories/approvals';
import { executions } from '../store/repositories/executions';
import { triggers } from '../store/repositories/triggers';
import type { Store } from '../store/store';
import { planBranchName } from '../workspaces/names';
import type { Repository } from '../workspaces/workspace';
import { AcceptedWork } from './accepted-work';
import { AgentHealth } from './agent-health';
import { BudgetDesk } from './budget-desk';
import { Conditions } from './conditions';
import { SubtaskDecisions } from './subtask-decisions';
import { Dispatcher } from './dispatcher';
import { Pauses } from './pauses';
import { SpecDesk } from './spec-desk';
import { SpecReach } from './spec-reach';
import { Approvals } from './approvals';
import { ArtifactKeeper } from './artifact-keeper';
import type { RunServices } from './assignment';
import { CheckWork } from './check-work';
import { createDecisionDesks, type DecisionDesks } from './decision-desks';
import { Executor } from './executor';
import { GateChecks } from './gate-checks';
import { Gatekeeper } from './gatekeeper';
import type { Origin } from './origin';
import { OwnFiles } from './own-files';
import { PermissionDesk } from './permission-desk';
import { PlanLibrary } from './plan-library';
import { Preparer } from './preparation';
import { ProgressLogs } from './progress-logs';
import { Recorder } from './recorder';
import { Recovery, type StopLeftovers } from './recovery';
import { ReportImporter } from './report-importer';
import { Reviewer } from './reviewer';
import { RunService } from './run-service';
import type { SettingsReader } from './settings-reader';
import { ProofAges } from './proof-ages';
import { Staleness } from './staleness';
import { StatusReports } from './status-reports';
import { VerificationDesk } from './verification-desk';
import { Verifier } from './verifier';
import type { AgentCatalog } from './workspace-settings';
import { WorkspaceState } from './workspace-state';
import { WorktreeKeeper } from './worktree-keeper';
import { WriteBack, type OpenDocuments } from './write-back';

/** The world that runs happen in. */
export interface RunsEnvironment {
  workspace: string;
  engineId: string;
  store: Store;
  artifacts: ArtifactFiles;
  files: Files;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  log: Log;
  settings: SettingsReader;
  catalog: AgentCatalog;
  checks: CheckRunner;
  documents: OpenDocuments;
  agentFor: (definition: AgentDefinition) => Agent;
  stopLeftovers: StopLeftovers;
  openRepository: () => Promise<Repository>;
  /** Whether the database is this person's own. */
  origin: Origin;
  /** The person's own variables, of which processes get the allowed part. */
  variables: Variables;
}

/** The parts of the room that the engine's doors lead to. */
export interface Runs {
  library: PlanLibrary;
  state: WorkspaceState;
  service: RunService;
  executor: Executor;
  verifications: VerificationDesk;
  staleness: Staleness;
  proofAges: ProofAges;
  gatekeeper: Gatekeeper;
  desk: PermissionDesk;
  recorder: Recorder;
  conditions: Conditions;
  pauses: Pauses;
  subtaskDecisions: SubtaskDecisions;
  health: AgentHealth;
  desks: DecisionDesks;
  worktrees: WorktreeKeeper;
  artifactKeeper: ArtifactKeeper;
  reports: StatusReports;
  importer: ReportImporter;
  progressLogs: ProgressLogs;
}

/**
 * Ends what a dead engine left, reads the workspace's plans, and connects everything that carries
 * runs out. Nothing is started before a person asks.
 */
export async function createRuns(environment: RunsEnvironment): Promise<Runs> {
  const { workspace, engineId, store, files, clock, log, catalog, settings } = environment;
  const recorder = new Recorder(store, environment.artifacts, clock);
  await new Recovery(store, recorder, environment.stopLeftovers, log).recover();
  await disown(environment);
  await settings.read();
  const library = new PlanLibrary(
    workspace,
    files,
    store,
    log,
    async () => (await settings.read()).checklists,
  );
  await library.discover();
  const state = new WorkspaceState(store, library, log);
  await state.load();
  const approvals = new Approvals(store);
  await approvals.load();
  const desk = new PermissionDesk(store, recorder);
  const health = new AgentHealth(store, clock, log);
  await health.load();
  const budgets = new BudgetDesk(store, clock, log);
  await budgets.load();
  const services = runServices(environment, { recorder, desk, approvals, health, budgets });
  const gatekeeper = new Gatekeeper(
    store,
    state,
    new GateChecks(services, environment.openRepository, () => settings.read()),
    log,
  );
  const writeBack = new WriteBack(library, files, environment.documents, clock, log);
  const conditions = new Conditions(state, health, budgets, () => settings.current);
  const dispatcher = new Dispatcher(services, catalog, new SpecDesk(store), conditions, engineId);
  const executor = new Executor(state, services, dispatcher, conditions, gatekeeper, writeBack);
  const { openRepository } = environment;
  const verifications = new VerificationDesk(services);
  const staleness = new Staleness(store, state, openRepository, log);
  const worktrees = new WorktreeKeeper(store, state, services.checkWork, openRepository, log);
  const service = new RunService({
    ...{ state, services, conditions },
    preparer: new Preparer(library, approvals, catalog, openRepository, new SpecReach(store)),
    approvals,
    executor,
    verifications,
    writeBack,
    settings: () => settings.read(),
    openRepository,
    clearLeftovers: () => worktrees.clearLeftovers(),
    planBranchName,
    log,
  });
  const pauses = new Pauses(store, state, executor);
  const accepted = new AcceptedWork(store, (plan, base) => service.branchOf(plan, base));
  const subtaskDecisions = new SubtaskDecisions(
    store,
    state,
    executor,
    conditions,
    accepted,
    writeBack,
    (...request) => service.goOn(...request),
  );
  const desks = await createDecisionDesks({
    ...{ store, state, conditions, gatekeeper, writeBack, log },
    goOn: (...request) => service.goOn(...request),
    start: ({ planId, subtasks, usualAgent }, actor, triggerFiringId) => {
      const usual = { phases: null, agent: null, usualAgent, workers: null };
      const careful = { acceptClaims: false, allowDirty: false };
      return service.start({ planId, subtasks, ...usual, ...careful, triggerFiringId }, actor);
    },
  });
  const parts = { library, state, service, executor, gatekeeper, desk, recorder, desks };
  const proofAges = new ProofAges(store, state, openRepository, log);
  const checks = { verifications, staleness, proofAges };
  const artifactKeeper = new ArtifactKeeper(store, environment.artifacts, clock);
  const own = new OwnFiles(library, files, environment.documents);
  const keepers = {
    ...{ worktrees, artifactKeeper },
    reports: new StatusReports(store, own, clock),
    importer: new ReportImporter(library, files, store),
    progressLogs: new ProgressLogs(state, own, clock),
  };
  return { ...parts, ...checks, ...keepers, conditions, pauses, subtaskDecisions, health };
}

/** What came with the workspace is history: nothing in it was approved or started by this person. */
async function disown({ origin, store }: RunsEnvironment): Promise<void> {
  if (await origin.isOurs()) return;
  await store.command(approvalRows.revokeAll, undefined, { actor: 'engine' });
  await store.command(triggers.askAlways, undefined, { actor: 'engine' });
  for (const { id } of await store.query(executions.live, undefined)) {
    const message = 'It was begun by somebody else, or on another machine.';
    const step = { id, to: 'cancelled' as const, message };
    await store.command(executions.step, step, { actor: 'engine' });
  }
  await origin.claim();
}

function runServices(
  environment: RunsEnvironment,
  parts: Pick<RunServices, 'recorder' | 'desk' | 'health' | 'budgets'> & { approvals: Approvals },
): RunServices {
  const { recorder, desk, approvals, health, budgets } = parts;
  const { store, checks, clock, log, files, agentFor, workspace, variables } = environment;
  const reviewing = {
    agentFor,
    isAgentApproved: (definition: AgentDefinition) => approvals.isAgentApproved(definition),
    scratchDirectory: async (runId: string) => {
      const folder = join(workspace, '.runsheet', 'runs', runId);
      await mkdir(folder, { recursive: true });
      return folder;
    },
  };
  const readSettings = () => environment.settings.read();
  const reviewer = new Reviewer(
    { ...reviewing, clock, health },
    store,
    environment.catalog,
    readSettings,
  );
  return {
    store,
    recorder,
    verifier: new Verifier(store, checks, recorder, reviewer),
    checks,
    checkWork: new CheckWork(),
    desk,
    clock,
    log,
    files,
    health,
    budgets,
    random: environment.random,
    ...reviewing,
    environment: (marker) => childEnvironment(variables, marker),
    isApproved: (command) => approvals.isApproved(command),
  };
}
