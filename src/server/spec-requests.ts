import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { agentSpecSchema, type AgentSpec } from '../model/agent-spec';
import { RunsheetError } from '../model/errors';
import {
  listSpecs,
  putSpec,
  readSpec,
  retireSpec,
  specOfSubtask,
  type SpecSummaryView,
  type SpecView,
} from '../protocol/spec-messages';
import { checksOf, type SpecSource } from '../runs/derive-spec';
import { agentKeyOf } from '../runs/workspace-settings';
import type { StoredSpec } from '../store/repositories/spec-rows';
import { specs, type SpecSummary } from '../store/repositories/specs';
import type { EngineContext } from './engine-context';
import { handler, trusting, type Handler } from './handler';

/** Specs decide about commands and tools: everybody may read them, trusted people set them. */
export function specHandlers(context: EngineContext): Handler[] {
  const { store } = context;
  return [
    handler(listSpecs, async ({ all, tag }) => {
      const rows = await store.query(specs.list, { all });
      const tagged = rows.filter(({ tags }) => tag === undefined || tags.includes(tag));
      return { specs: tagged.map(summaryView) };
    }),
    handler(readSpec, async ({ name, revision = null }) => {
      const stored = await store.query(specs.byName, { name, revision });
      if (stored !== null) return storedView(stored);
      const which = revision === null ? `"${name}"` : `"${name}" at revision ${revision}`;
      throw new RunsheetError('not_found', `There is no spec ${which}.`, { id: name, revision });
    }),
    handler(specOfSubtask, ({ planId, key, derived }) => ofSubtask(context, planId, key, derived)),
    handler(
      putSpec,
      trusting(async ({ spec: written, expected = null, path = null }, { actor }) => {
        const spec = await leaveChecksToPlan(context, parseSpec(written));
        return storedView(await store.command(specs.put, { spec, expected, path }, { actor }));
      }),
    ),
    handler(
      retireSpec,
      trusting(async ({ name, expected = null, reason }, { actor }) => {
        const why = reason === '' ? null : reason;
        await store.command(specs.retire, { name, expected, reason: why }, { actor });
        return {};
      }),
    ),
  ];
}

async function ofSubtask(
  context: EngineContext,
  planId: string,
  key: string,
  isDerived: boolean,
): Promise<SpecView> {
  const source = await sourceOf(context, planId, key);
  if (isDerived) {
    const spec = await context.specs.derived(source);
    return { ...notStored, spec, origin: 'derived', rule: 'derived from what the files say' };
  }
  const { stored, ...preview } = await context.specs.preview(source);
  if (stored === null) return { ...notStored, ...preview };
  return { ...storedView(stored), ...preview };
}

const notStored = {
  ...{ revision: 0, checksOfPlan: true, path: null, retiredAt: null },
  ...{ createdAt: null, createdBy: null },
};

/** Everything that says something of a subtask, as it is now. */
async function sourceOf(context: EngineContext, planId: string, key: string): Promise<SpecSource> {
  const plan = context.state.plans.get(planId);
  const row = plan?.byKey(key) ?? null;
  const subtask = row === null ? null : (plan?.contentOf(row) ?? null);
  if (plan === undefined || row === null || subtask === null) {
    const what = plan === undefined ? 'such plan' : `subtask "${key}" in ${plan.entry.path}`;
    throw new RunsheetError('not_found', `There is no ${what}.`, { planId, key });
  }
  const settings = await context.readSettings();
  const { plan: file, path: planPath } = plan.entry;
  const agentKey = agentKeyOf(subtask, file, settings, null);
  return { subtaskId: row.id, subtask, plan: file, planPath, settings, agentKey };
}

/** @throws RunsheetError `validation` with every mistake and its place. */
function parseSpec(written: unknown): AgentSpec {
  const parsed = agentSpecSchema.safeParse(written);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path, message }));
  throw new RunsheetError('validation', z.prettifyError(parsed.error), { issues });
}

/**
 * Who changes the limits of a subtask has not decided about its checks: those that are its plan's
 * go on following the plan. Weights are of checks in the spec, so a weighted one keeps its own.
 */
async function leaveChecksToPlan(context: EngineContext, spec: AgentSpec): Promise<AgentSpec> {
  const { subtask: named, acceptance } = spec;
  const plan = [...context.state.plans.values()].find(({ entry }) => entry.path === named?.plan);
  const row = plan?.byKey(named?.key ?? '') ?? null;
  const subtask = row === null ? null : (plan?.contentOf(row) ?? null);
  if (plan === undefined || subtask === null || acceptance.gate_mode === 'weighted') return spec;
  const settings = await context.readSettings();
  const checks = checksOf(subtask, plan.entry.plan, settings.checks);
  if (!isDeepStrictEqual(plain(checks), plain(acceptance.validators))) return spec;
  return { ...spec, acceptance: { ...acceptance, validators: [] } };
}

/** Without what JSON leaves out. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function storedView(stored: StoredSpec): SpecView {
  const { revision, spec, path, retiredAt, createdAt, createdBy } = stored;
  const checksOfPlan = spec.acceptance.validators.length === 0;
  const history = { path, retiredAt, createdAt, createdBy };
  return { revision, spec, origin: 'stored', rule: '', checksOfPlan, ...history };
}

function summaryView(row: SpecSummary): SpecSummaryView {
  const { plan_path: plan, subtask_key: key } = row;
  return {
    name: row.name,
    revision: row.revision,
    displayName: row.display_name,
    icon: row.icon,
    taskType: row.task_type,
    agent: row.agent_key,
    priority: row.priority,
    tags: row.tags,
    subtask: plan === null || key === null ? null : { plan, key },
    retiredAt: row.retired_at,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}
