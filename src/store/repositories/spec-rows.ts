import { z } from 'zod';
import { agentSpecSchema, type AgentSpec } from '../../model/agent-spec';
import type { Transaction } from '../command';
import { jsonColumn, maybeText, text } from './columns';
import { referenceIn } from './plan-reference';

// Between specs as people write them, which name each other, and their two rows, which know each
// other's revisions by id.

/** A revision of a spec as it is stored, with its acceptance. */
export interface StoredSpec {
  id: string;
  acceptanceId: string;
  revision: number;
  spec: AgentSpec;
  /** The subtask that it is for. */
  subtaskId: string | null;
  parentId: string | null;
  /** The revision that was current when this one was stored; what counts is its name. */
  fallbackId: string | null;
  /** The file that it came from, relative to the workspace. */
  path: string | null;
  retiredAt: string | null;
  createdAt: string;
  createdBy: string;
}

const json = jsonColumn(z.json());
const columns = z.object({
  id: text,
  acceptance_id: text,
  revision: z.int(),
  spec_version: text,
  name: text,
  display_name: text,
  icon: maybeText,
  objective: text,
  task_type: text,
  agent_key: maybeText,
  context: json,
  tool_policy: json,
  max_turns: z.int(),
  timeout_seconds: z.int(),
  max_tokens: z.int().nullable(),
  max_cost_micros: z.int().nullable(),
  priority: z.int(),
  tags: json,
  parent_spec_id: maybeText,
  parent: maybeText,
  source_subtask_id: maybeText,
  plan_path: maybeText,
  subtask_key: maybeText,
  spec_path: maybeText,
  validators: json,
  gate_mode: text,
  min_score: z.number().nullable(),
  retry_policy: text,
  max_retries: z.int(),
  retry_delay_ms: z.int(),
  fallback_spec_id: maybeText,
  fallback: maybeText,
  retired_at: maybeText,
  created_at: text,
  created_by: text,
});

/** Both rows of a revision; `WHERE` follows. */
export const selectSpecs = `SELECT s.id, a.id AS acceptance_id, s.revision, s.spec_version, s.name,
    s.display_name, s.icon, s.objective, s.task_type, s.agent_key, s.context, s.tool_policy,
    s.max_turns, s.timeout_seconds, s.max_tokens, s.max_cost_micros, s.priority, s.tags,
    s.parent_spec_id, p.name AS parent, s.source_subtask_id, ${referenceIn('l')} AS plan_path,
    t.subtask_key, s.spec_path, a.validators, a.gate_mode, a.min_score, a.retry_policy,
    a.max_retries, a.retry_delay_ms, a.fallback_spec_id, f.name AS fallback, s.retired_at,
    s.created_at, s.created_by
  FROM agent_specs s JOIN acceptance_specs a ON a.agent_spec_id = s.id
    LEFT JOIN agent_specs p ON p.id = s.parent_spec_id
    LEFT JOIN agent_specs f ON f.id = a.fallback_spec_id
    LEFT JOIN subtasks t ON t.id = s.source_subtask_id
    LEFT JOIN plans l ON l.id = t.plan_id`;

export const specRow = columns.transform((row, context): StoredSpec => {
  const { plan_path: plan, subtask_key: key } = row;
  const parsed = agentSpecSchema.safeParse({
    spec_version: row.spec_version,
    name: row.name,
    display_name: row.display_name,
    icon: row.icon,
    objective: row.objective,
    task_type: row.task_type,
    agent: row.agent_key,
    context: row.context,
    tool_policy: row.tool_policy,
    max_turns: row.max_turns,
    timeout_seconds: row.timeout_seconds,
    max_tokens: row.max_tokens,
    max_cost_micros: row.max_cost_micros,
    priority: row.priority,
    tags: row.tags,
    parent: row.parent,
    subtask: plan === null || key === null ? null : { plan, key },
    acceptance: {
      validators: row.validators,
      gate_mode: row.gate_mode,
      min_score: row.min_score,
      retry_policy: row.retry_policy,
      max_retries: row.max_retries,
      retry_delay_ms: row.retry_delay_ms,
      fallback: row.fallback,
    },
  });
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues)
      context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  }
  return {
    id: row.id,
    acceptanceId: row.acceptance_id,
    revision: row.revision,
    spec: parsed.data,
    subtaskId: row.source_subtask_id,
    parentId: row.parent_spec_id,
    fallbackId: row.fallback_spec_id,
    path: row.spec_path,
    retiredAt: row.retired_at,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
});

/** What a document names, found. */
export type SpecReferences = Pick<StoredSpec, 'subtaskId' | 'parentId' | 'fallbackId' | 'path'>;

/** Stores a revision and its acceptance; returns the id of the spec. */
export function insertSpec(
  tx: Transaction,
  spec: AgentSpec,
  revision: number,
  references: SpecReferences,
): string {
  const id = tx.newId();
  tx.run(
    `INSERT INTO agent_specs (id, name, revision, spec_version, display_name, icon, objective,
       task_type, agent_key, context, tool_policy, max_turns, timeout_seconds, max_tokens,
       max_cost_micros, priority, tags, parent_spec_id, source_subtask_id, spec_path, created_at,
       created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    spec.name,
    revision,
    spec.spec_version,
    spec.display_name,
    spec.icon,
    spec.objective,
    spec.task_type,
    spec.agent,
    JSON.stringify(spec.context),
    JSON.stringify(spec.tool_policy),
    spec.max_turns,
    spec.timeout_seconds,
    spec.max_tokens,
    spec.max_cost_micros,
    spec.priority,
    JSON.stringify(spec.tags),
    references.parentId,
    references.subtaskId,
    references.path,
    tx.now,
    tx.actor,
  );
  const { acceptance } = spec;
  tx.run(
    `INSERT INTO acceptance_specs (id, agent_spec_id, validators, gate_mode, min_score,
       retry_policy, max_retries, retry_delay_ms, fallback_spec_id, created_at, created_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    tx.newId(),
    id,
    JSON.stringify(acceptance.validators),
    acceptance.gate_mode,
    acceptance.min_score,
    acceptance.retry_policy,
    acceptance.max_retries,
    acceptance.retry_delay_ms,
    references.fallbackId,
    tx.now,
    tx.actor,
  );
  return id;
}
