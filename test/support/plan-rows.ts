import { createHash } from 'node:crypto';
import { z } from 'zod';
import type {
  PhaseContent,
  PlanContent,
  SubtaskContent,
} from '../../src/store/repositories/plan-sync';
import { executions, type ExecutionRow } from '../../src/store/repositories/executions';
import { plans } from '../../src/store/repositories/plans';
import { runs, type RunRow } from '../../src/store/repositories/runs';
import { specs } from '../../src/store/repositories/specs';
import { subtasks, type SubtaskRow } from '../../src/store/repositories/subtasks';
import { agentSpec } from './agent-specs';
import type { InMemoryStore } from './in-memory-store';

// Content of plans as it comes from their files, and rows made of it.

export const engine = { actor: 'engine' };
export const person = { actor: 'person:ada' };

/** A subtask whose title is its own, so that its fingerprint is. */
export function subtaskContent(key: string, values: Partial<SubtaskContent> = {}): SubtaskContent {
  const title = values.title ?? `Title of ${key}`;
  return {
    key,
    keyOrigin: 'declared',
    fingerprint: `${title.toLowerCase()}#1`,
    phaseKey: null,
    title,
    detail: '',
    status: 'pending',
    fileStatus: ' ',
    optional: false,
    leftOut: false,
    files: [],
    labels: [],
    verification: [],
    line: 1,
    dependsOn: [],
    ...values,
  };
}

export function phaseContent(key: string, values: Partial<PhaseContent> = {}): PhaseContent {
  const title = `Phase ${key}`;
  return { key, title, parallelSafe: null, checkpoint: null, dependsOn: [], ...values };
}

/** Its hash is that of its content, as for a file. */
export function planContent(values: Partial<PlanContent> = {}): PlanContent {
  const content = {
    path: 'demo.plan.md',
    name: '',
    title: 'Demo',
    format: 'runsheet',
    phases: [],
    subtasks: [],
    gates: [],
    ...values,
  };
  const sourceHash = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return { sourceHash, ...content };
}

/** The file ticks it. */
export const ticked = { status: 'claimed', fileStatus: 'x' } as const;

export async function sync(store: InMemoryStore, values: Partial<PlanContent>): Promise<string> {
  return store.command(plans.sync, planContent(values), { actor: 'import:demo.plan.md' });
}

/** The subtasks that the file still has, in its order. */
export async function present(store: InMemoryStore, planId: string): Promise<SubtaskRow[]> {
  const rows = await store.query(subtasks.ofPlan, planId);
  return rows.filter((row) => row.removed_at === null);
}

export async function rowOf(
  store: InMemoryStore,
  planId: string,
  key: string,
): Promise<SubtaskRow> {
  const found = (await present(store, planId)).find((row) => row.subtask_key === key);
  if (found === undefined) throw new Error(`the plan has no ${key}`);
  return found;
}

export function startExecution(store: InMemoryStore, planId: string): Promise<ExecutionRow> {
  return store.command(
    executions.create,
    {
      ...{ planId, scope: 'plan', scopeRef: null, baseBranch: 'main' },
      baseCommit: 'a'.repeat(40),
      workBranch: 'runsheet/demo',
      options: { workers: null, agent: null },
    },
    person,
  );
}

/** Dispatches a run of the subtask, behind the gates. */
export async function dispatch(
  store: InMemoryStore,
  planId: string,
  subtaskId: string,
  gateIds: readonly string[] = [],
): Promise<RunRow> {
  const execution = await startExecution(store, planId);
  const { id: agentSpecId } = await store.command(
    specs.derive,
    { spec: agentSpec({ agent: 'fake' }), subtaskId, path: 'demo.plan.md' },
    engine,
  );
  const [subtask] = await store.query(subtasks.byIds, [subtaskId]);
  return store.command(
    runs.dispatch,
    {
      continues: null,
      runLimits: [],
      attemptLimit: subtask?.attempt_limit ?? 3,
      ...{ planId, executionId: execution.id, subtaskId, agentSpecId, agentKey: 'fake' },
      ...{ engineId: 'engine-1', startedBecause: 'first', gateIds },
    },
    person,
  );
}

/** A database with one plan of one subtask, T01. */
export async function seed(
  store: InMemoryStore,
  values: Partial<PlanContent> = {},
): Promise<{ planId: string; subtaskId: string }> {
  const planId = await sync(store, { subtasks: [subtaskContent('T01')], ...values });
  const [first] = await present(store, planId);
  return { planId, subtaskId: first?.id ?? '' };
}

/** All rows of a query as values, for looking at what no repository tells. */
export function valuesOf(store: InMemoryStore, sql: string, ...params: string[]): unknown[] {
  return store.connection.all(z.record(z.string(), z.unknown()), sql, ...params);
}

export function count(store: InMemoryStore, table: string): number {
  const row = store.connection.get(
    z.object({ count: z.int() }),
    `SELECT count(*) AS count FROM ${table}`,
  );
  return row?.count ?? 0;
}
