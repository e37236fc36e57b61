import { RunsheetError } from '../model/errors';
import {
  answerPermission,
  approveCommands,
  decideSubtasks,
  describeRun,
  diffRun,
  engineStatus,
  listAgents,
  listEvents,
  listRuns,
  convertPlan,
  listFormats,
  openPlan,
  pauseRuns,
  previewRun,
  readArtifact,
  resumeRuns,
  startRun,
  stopEngine,
  stopRuns,
  verifySubtask,
} from '../protocol/messages';
import type { NoPlanView } from '../protocol/views';
import { configuration } from '../store/repositories/configuration';
import { artifacts, events } from '../store/repositories/events';
import { runs } from '../store/repositories/runs';
import { verifications } from '../store/repositories/verifications';
import type { PlanlessFile } from '../runs/plan-library';
import { isOver } from '../runs/plan-state';
import type { Preparation } from '../runs/preparation';
import { budgetHandlers } from './budget-requests';
import { decisionHandlers } from './decision-requests';
import { checkHandlers, verificationViews } from './check-requests';
import type { EngineContext } from './engine-context';
import { gateHandlers } from './gate-requests';
import { deciding, handler, trusting, type Handler } from './handler';
import { replayHandlers } from './replay-requests';
import { reportHandlers } from './report-requests';
import { specHandlers } from './spec-requests';
import { triggerHandlers } from './trigger-requests';
import { eventView, planView, problemView, runView } from './views';
import { worktreeHandlers } from './worktree-requests';
import { convertPlan as convert } from '../formats/convert/convert';
import { formats } from '../formats/registry';

const scopeOf = (params: {
  planId: string;
  subtasks?: string[] | undefined;
  phases?: string[] | undefined;
  agent?: string | undefined;
}) => ({
  planId: params.planId,
  subtasks: params.subtasks ?? null,
  phases: params.phases ?? null,
  agent: params.agent ?? null,
});

function runHandlers(context: EngineContext): Handler[] {
  return [
    handler(
      previewRun,
      trusting(async (params) => {
        const preparation = await context.runs.preview(scopeOf(params));
        return preview(context, preparation, params.subtasks !== undefined);
      }),
    ),
    handler(
      approveCommands,
      trusting(async ({ planId, hashes }, { actor }) => ({
        approved: await context.runs.approve(planId, hashes, actor),
      })),
    ),
    handler(
      startRun,
      trusting(async (params, { actor }) => {
        const { acceptClaims, allowDirty, workers = null } = params;
        const request = { ...scopeOf(params), workers, acceptClaims, allowDirty };
        return { executionId: (await context.runs.start(request, actor)).id };
      }),
    ),
    handler(
      stopRuns,
      deciding(async (target, { actor }) => ({ stopped: await context.runs.stop(target, actor) })),
    ),
    handler(
      verifySubtask,
      trusting(async ({ planId, key, check = null }, { actor }) => {
        const result = await context.runs.verify(planId, key, actor, check);
        const { id: verificationId, verdict, message } = result;
        return { verificationId, verdict, message };
      }),
    ),
    handler(
      decideSubtasks,
      trusting(async (params, { actor }) => {
        const { action, reason } = params;
        const request = { ...scopeOf(params), action, reason };
        return { count: await context.subtaskDecisions.decide(request, actor) };
      }),
    ),
    handler(
      pauseRuns,
      deciding(async (params, { actor }) => ({
        count: await context.pauses.pause(scopeOf(params), params.reason, actor),
      })),
    ),
    handler(
      resumeRuns,
      trusting(async (params, { actor }) => ({
        count: await context.pauses.resume(scopeOf(params), params.reason, actor),
      })),
    ),
  ];
}

async function preview(context: EngineContext, preparation: Preparation, byName: boolean) {
  const agents = await context.listAgents(false);
  const first = preparation.agents[0]?.definition.key ?? 'command';
  const agent = agents.find(({ key }) => key === first);
  if (agent === undefined) throw new Error(`the agent ${first} is not listed`);
  const plan = context.state.plans.get(preparation.entry.planId);
  return {
    subtasks: [...preparation.keys].filter((key) => byName || isOpen(context, preparation, key)),
    commands: preparation.commands.map((command) => {
      return { ...command, approved: context.runs.isApproved(command) };
    }),
    agent,
    // The file ticks what is proven, too.
    claims: preparation.claims.filter((key) => plan?.byKey(key)?.status === 'claimed'),
    branch: preparation.branch,
    baseCommit: preparation.baseCommit,
    dirtyPaths: preparation.dirtyPaths,
  };
}

function noPlanView({ path, text, problems }: PlanlessFile): NoPlanView {
  return { path, text, problems: problems.map((one) => problemView(one, path)) };
}

/** Whether a run of the whole could still start the subtask. */
function isOpen(context: EngineContext, { entry }: Preparation, key: string): boolean {
  const row = context.state.plans.get(entry.planId)?.byKey(key);
  return row === undefined || row === null || !isOver(row);
}

function permissionHandlers(context: EngineContext): Handler[] {
  return [
    handler(
      answerPermission,
      deciding(async ({ requestId, optionId }, { actor }) => {
        await context.desk.answer(requestId, optionId, actor);
        return {};
      }),
    ),
  ];
}

function readingHandlers(context: EngineContext): Handler[] {
  const { store, state, recorder } = context;
  return [
    handler(openPlan, async ({ path, format }) => {
      const opened = await context.library.open(path, format ?? null);
      if (opened.plan === null) return { plans: [], noPlan: noPlanView(opened) };
      await state.settled();
      const plan = state.plans.get(opened.planId);
      const now = context.clock.now();
      return { plans: plan === undefined ? [] : [planView(plan, state, now)], noPlan: null };
    }),
    handler(listFormats, () => ({
      formats: formats.map(({ name, title }) => ({ name, title })),
    })),
    handler(convertPlan, ({ planId }) => {
      const entry = context.library.get(planId);
      if (entry === null)
        throw new RunsheetError('not_found', `There is no plan ${planId}.`, { planId });
      return convert(entry.plan, entry.reference);
    }),
    handler(listRuns, async ({ planId = null, limit }) => {
      const rows = await store.query(runs.recent, { planId, limit });
      return { runs: rows.map((row) => runView(row, state)) };
    }),
    handler(listEvents, async ({ runId, after, limit }) => {
      const rows = await store.query(events.page, { runId, after, limit: limit + 1 });
      return { events: rows.slice(0, limit).map(eventView), more: rows.length > limit };
    }),
    handler(describeRun, async ({ runId }) => {
      const run = await store.query(runs.byId, runId);
      const records = await store.query(verifications.ofRun, runId);
      const views = await verificationViews(context, run.plan_id, records);
      return { run: runView(run, state), verifications: views };
    }),
    handler(diffRun, async ({ runId }) => {
      const id = await store.query(artifacts.newestOf, { runId, type: 'diff' });
      return { diff: id === null ? '' : ((await recorder.read(id)) ?? '') };
    }),
    handler(readArtifact, async ({ artifactId }) => {
      const text = await recorder.read(artifactId);
      if (text !== null) return { text };
      throw new RunsheetError('not_found', 'This content is not kept any more.', { artifactId });
    }),
    handler(listAgents, async ({ refresh }) => ({ agents: await context.listAgents(refresh) })),
  ];
}

function engineHandlers(context: EngineContext): Handler[] {
  const { state } = context;
  return [
    handler(engineStatus, async () => ({
      engineId: context.engineId,
      engineVersion: context.engineVersion,
      pid: process.pid,
      workspace: context.workspace,
      database: '.runsheet/runsheet.db',
      schemaVersion: await context.store.query(configuration.schemaVersion, undefined),
      startedAt: context.startedAt,
      clients: context.clients(),
      liveRuns: state.liveRuns().length,
      openGates: [...state.plans.values()].flatMap((plan) =>
        plan.gates.filter((gate) => gate.state === 'open'),
      ).length,
    })),
    handler(
      stopEngine,
      deciding(({ force }) => {
        const live = state.liveRuns().length;
        if (live > 0 && !force) {
          throw new RunsheetError(
            'limit',
            `${live} ${live === 1 ? 'run is' : 'runs are'} going on. Stop them first, or force it.`,
            { liveRuns: live },
          );
        }
        context.shutDown();
        return {};
      }),
    ),
  ];
}

/** Everything that a client can ask for, beside subscriptions and the language server. */
export function requestHandlers(context: EngineContext): Handler[] {
  return [
    ...runHandlers(context),
    ...permissionHandlers(context),
    ...gateHandlers(context),
    ...decisionHandlers(context),
    ...triggerHandlers(context),
    ...checkHandlers(context),
    ...readingHandlers(context),
    ...engineHandlers(context),
    ...specHandlers(context),
    ...budgetHandlers(context),
    ...replayHandlers(context),
    ...reportHandlers(context),
    ...worktreeHandlers(context),
  ];
}
