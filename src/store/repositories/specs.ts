import { z } from 'zod';
import type { GateMode } from '../../model/verdict';
import type { Validator } from '../../model/validator';
import { validatorListSchema } from '../../model/validator';
import { command, query } from '../command';
import { jsonColumn, text } from './columns';

export type TaskType = 'coding' | 'testing' | 'refactoring' | 'documentation' | 'audit' | 'custom';

/** Everything that decides what a run does and when it has succeeded. */
export interface SpecContent {
  /** Lower-case letters, digits and hyphens. */
  name: string;
  displayName: string;
  objective: string;
  taskType: TaskType;
  agentKey: string | null;
  context: Readonly<Record<string, unknown>>;
  toolPolicy: Readonly<Record<string, unknown>>;
  maxTurns: number;
  timeoutSeconds: number;
  sourceSubtaskId: string;
  validators: readonly Validator[];
  gateMode: GateMode;
  minScore: number | null;
}

const currentRow = z.object({
  id: text,
  revision: z.int(),
  acceptance_id: text,
  display_name: text,
  objective: text,
  task_type: text,
  agent_key: text.nullable(),
  context: text,
  tool_policy: text,
  max_turns: z.int(),
  timeout_seconds: z.int(),
  validators: text,
  gate_mode: text,
  min_score: z.number().nullable(),
});

export interface SpecIds {
  agentSpecId: string;
  acceptanceSpecId: string;
}

export const specs = {
  /**
   * The current revision of the spec when it says exactly this; else a new revision. Specs are
   * never changed, so that a run always points at what it was asked.
   */
  derive: command('specs.derive', (tx, content: SpecContent): SpecIds => {
    const current = tx.get(
      currentRow,
      `SELECT s.id, s.revision, a.id AS acceptance_id, s.display_name, s.objective, s.task_type,
         s.agent_key, s.context, s.tool_policy, s.max_turns, s.timeout_seconds, a.validators,
         a.gate_mode, a.min_score
       FROM agent_specs s JOIN acceptance_specs a ON a.agent_spec_id = s.id
       WHERE s.name = ? AND s.retired_at IS NULL`,
      content.name,
    );
    const wanted = {
      display_name: content.displayName,
      objective: content.objective,
      task_type: content.taskType,
      agent_key: content.agentKey,
      context: JSON.stringify(content.context),
      tool_policy: JSON.stringify(content.toolPolicy),
      max_turns: content.maxTurns,
      timeout_seconds: content.timeoutSeconds,
      validators: JSON.stringify(content.validators),
      gate_mode: content.gateMode,
      min_score: content.minScore,
    };
    if (current !== null) {
      const { id, acceptance_id, revision: _revision, ...said } = current;
      if (JSON.stringify(said) === JSON.stringify(wanted)) {
        return { agentSpecId: id, acceptanceSpecId: acceptance_id };
      }
      tx.run('UPDATE agent_specs SET retired_at = ? WHERE id = ?', tx.now, id);
    }
    const agentSpecId = tx.newId();
    const acceptanceSpecId = tx.newId();
    const lastRevision = tx.get(
      z.object({ revision: z.int() }),
      'SELECT coalesce(max(revision), 0) AS revision FROM agent_specs WHERE name = ?',
      content.name,
    );
    tx.run(
      `INSERT INTO agent_specs (id, name, revision, display_name, objective, task_type, agent_key,
         context, tool_policy, max_turns, timeout_seconds, source_subtask_id, created_at,
         created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      agentSpecId,
      content.name,
      (lastRevision?.revision ?? 0) + 1,
      wanted.display_name,
      wanted.objective,
      wanted.task_type,
      wanted.agent_key,
      wanted.context,
      wanted.tool_policy,
      wanted.max_turns,
      wanted.timeout_seconds,
      content.sourceSubtaskId,
      tx.now,
      tx.actor,
    );
    tx.run(
      `INSERT INTO acceptance_specs (id, agent_spec_id, validators, gate_mode, min_score,
         created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      acceptanceSpecId,
      agentSpecId,
      wanted.validators,
      wanted.gate_mode,
      wanted.min_score,
      tx.now,
      tx.actor,
    );
    tx.changed('agent_spec', agentSpecId);
    return { agentSpecId, acceptanceSpecId };
  }),

  /** What a run was asked to prove. */
  acceptanceOf: query('specs.acceptanceOf', (db, agentSpecId: string) =>
    db.get(
      z.object({
        id: text,
        validators: jsonColumn(validatorListSchema),
        gate_mode: z.enum(['all_pass', 'any_pass', 'weighted']),
        min_score: z.number().nullable(),
      }),
      'SELECT id, validators, gate_mode, min_score FROM acceptance_specs WHERE agent_spec_id = ?',
      agentSpecId,
    ),
  ),
};
