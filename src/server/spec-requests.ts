import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { agentSpecSchema, withoutDerivation, type AgentSpec } from '../model/agent-spec';
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
        const spec = parseSpec(written);
        const source = await sourceNamed(context, spec);
        if (source !== null && (await isAsDerived(context, spec, source)))
          return ofSubtask(context, source.planId, source.subtask.key, false);
        const own = source === null ? spec : leaveToPlan(spec, source);
        const input = { spec: own, expected, path };
        return storedView(await store.command(specs.put, input, { actor }));
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
  const found = isDerived
    ? { ...derived, spec: await context.specs.derived(source) }
    : await context.specs.preview(source);
  const { spec, origin, rule } = found;
  // A derived spec may be new, and still follow a revision of its name.
  const stored =
    found.stored ?? (await context.store.query(specs.byName, { name: spec.name, revision: null }));
  const history = stored === null ? notStored : storedView(stored);
  const checksOfPlan = origin === 'derived' || history.checksOfPlan;
  return { ...history, checksOfPlan, spec, origin, rule };
}

const derived = {
  origin: 'derived',
  rule: 'derived from what the files say',
  stored: null,
} as const;

const notStored = {
  ...{ revision: 0, checksOfPlan: true, path: null, retiredAt: null },
  ...{ createdAt: null, createdBy: null },
};

type Source = SpecSource & { planId: string };

/** Everything that says something of a subtask, as it is now. */
async function sourceOf(context: EngineContext, planId: string, key: string): Promise<Source> {
  const plan = context.state.plans.get(planId);
  const row = plan?.byKey(key) ?? null;
  const subtask = row === null ? null : (plan?.contentOf(row) ?? null);
  if (plan === undefined || row === null || subtask === null) {
    const what = plan === undefined ? 'such plan' : `subtask "${key}" in ${plan.entry.reference}`;
    throw new RunsheetError('not_found', `There is no ${what}.`, { planId, key });
  }
  const settings = await context.readSettings();
  const { plan: file, path: planPath } = plan.entry;
  const agentKey = agentKeyOf(subtask, file, settings, null);
  return { planId, subtaskId: row.id, subtask, plan: file, planPath, settings, agentKey };
}

/** The same for the subtask that a spec is for; `null`: for none, or for one that is not there. */
async function sourceNamed(context: EngineContext, spec: AgentSpec): Promise<Source | null> {
  const { plan: path, key } = spec.subtask ?? {};
  const plan = [...context.state.plans.values()].find(({ entry }) => entry.reference === path);
  if (plan === undefined || key === undefined || plan.byKey(key) === null) return null;
  return sourceOf(context, plan.plan.id, key);
}

/** Whether it is what the rules make of the subtask anyway: then nothing was decided. */
async function isAsDerived(
  { store, specs: desk }: EngineContext,
  spec: AgentSpec,
  source: Source,
): Promise<boolean> {
  const current = await store.query(specs.byName, { name: spec.name });
  if (current !== null && current.createdBy !== 'engine') return false;
  // Where the files are not understood, the person's own spec is the way out.
  const made = await desk.derived(source).catch(() => null);
  return made !== null && isSame(withoutDerivation(made), withoutDerivation(spec));
}

/**
 * Who changes the limits of a subtask has not decided about its agent and its checks: those that
 * are its plan's go on following the plan. Weights are of checks in the spec, so a weighted one
 * keeps its own.
 */
function leaveToPlan(spec: AgentSpec, { subtask, plan, settings, agentKey }: Source): AgentSpec {
  const { acceptance } = spec;
  const agent = spec.agent === agentKey ? null : spec.agent;
  const checks = checksOf(subtask, plan, settings.checks);
  if (acceptance.gate_mode === 'weighted' || !isSame(checks, acceptance.validators))
    return { ...spec, agent };
  return { ...spec, agent, acceptance: { ...acceptance, validators: [] } };
}

/** Whether both are written alike. */
function isSame(one: unknown, other: unknown): boolean {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return isDeepStrictEqual(plain(one), plain(other));
}

/** @throws RunsheetError `validation` with every mistake and its place. */
function parseSpec(written: unknown): AgentSpec {
  const parsed = agentSpecSchema.safeParse(written);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path, message }));
  throw new RunsheetError('validation', z.prettifyError(parsed.error), { issues });
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
