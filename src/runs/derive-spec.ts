import {
  agentSpecSchema,
  taskBudgets,
  type Acceptance,
  type AgentSpec,
  type Derivation,
  type TaskType,
} from '../model/agent-spec';
import { hintLayers, layPolicies, nearestHint, type HintLayers } from '../model/hint-layers';
import { planReference, type Plan, type Subtask } from '../model/plan';
import type { Validator } from '../model/validator';
import { sha256 } from './plan-content';
import { policyOfType } from './policy-of-type';
import { sizeOf } from './task-size';
import { taskTypeOf } from './task-type';
import type { WorkspaceSettings } from './workspace-settings';

/** A subtask, and everything that says something of it. */
export interface SpecSource {
  subtaskId: string;
  subtask: Subtask;
  plan: Plan;
  planPath: string;
  settings: Pick<WorkspaceSettings, 'checks' | 'hints'>;
  /** Who would carry it out; `null`: nobody is chosen yet. */
  agentKey: string | null;
}

/**
 * The checks that prove a subtask: its own, then those that the workspace and the plan ask of
 * every subtask. An empty list means that nothing can prove it; of one that is too long no spec can
 * be made, because a check that is left out would be missing unnoticed.
 */
export function checksOf(
  subtask: Subtask,
  plan: Plan,
  workspaceChecks: readonly Validator[],
): readonly Validator[] {
  const general = [...workspaceChecks, ...plan.settings.checks];
  return [...subtask.checks, ...general];
}

/** The name under which a subtask's derived spec, and a person's change of it, is kept. */
export function derivedNameOf(subtaskId: string, key: string): string {
  const slug = key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return `${slug === '' ? 'subtask' : slug}-${sha256(subtaskId).slice(0, 12)}`;
}

const icons: Readonly<Record<TaskType, string>> = {
  coding: 'code',
  testing: 'beaker',
  refactoring: 'tools',
  documentation: 'book',
  audit: 'search',
  custom: 'gear',
};

/**
 * The spec of a subtask for which nobody has set one: what its file, its plan and `runsheet.yml`
 * say, and by rules what they leave open. The rule behind each is kept in `context.derivation`.
 */
export function deriveSpec(source: SpecSource): AgentSpec {
  const { subtask, plan, planPath, settings, subtaskId, agentKey } = source;
  const layers = hintLayers(subtask, plan, settings);
  const checks = checksOf(subtask, plan, settings.checks);
  const taskType = nearestHint(layers, 'taskType') ?? taskTypeOf(subtask);
  const type = taskType.value;
  const limits = limitsOf(layers, type, subtask, checks);
  const policy = policyOfType(type, subtask);
  const { acceptance, derivation } = acceptanceOf(layers, checks, source);
  return agentSpecSchema.parse({
    name: derivedNameOf(subtaskId, subtask.key),
    display_name: cut(`${subtask.id} ${subtask.title}`, 255),
    icon: icons[type],
    objective: objectiveOf(subtask),
    task_type: type,
    agent: agentKey,
    tool_policy: layPolicies(policy.value, layers),
    max_turns: limits.max_turns.value,
    timeout_seconds: limits.timeout_seconds.value,
    max_tokens: limits.max_tokens.value,
    max_cost_micros: limits.max_cost_micros.value,
    priority: limits.priority.value,
    tags: tagsOf(subtask),
    subtask: { plan: planReference(planPath, plan.name), key: subtask.key },
    acceptance,
    context: {
      plan: plan.title,
      path: planPath,
      files: subtask.files,
      labels: subtask.labels,
      derivation: [
        { field: 'task_type', ...taskType },
        ...Object.entries(limits).map(([field, ruled]) => ({ field, ...ruled })),
        ...(policy.rule === null
          ? []
          : [{ field: 'tool_policy', value: policy.said, rule: policy.rule }]),
        ...layers
          .toReversed()
          .flatMap(({ says, hints }) =>
            hints.policy === null
              ? []
              : [{ field: 'tool_policy', value: hints.policy, rule: says }],
          ),
        ...derivation,
      ],
    },
  });
}

/** At least ten characters, which a title alone may not have. */
function objectiveOf({ id, title, detail }: Subtask): string {
  const text = cut(`${title}\n\n${detail}`.trim(), 19_000);
  return Array.from(text).length >= 10 ? text : `Carry out ${id}: ${text}`;
}

/** Half a character would come back from the database as another one. */
function cut(text: string, most: number): string {
  return Buffer.from(text.slice(0, most)).toString();
}

function limitsOf(
  layers: HintLayers,
  type: TaskType,
  subtask: Subtask,
  checks: readonly Validator[],
) {
  const size = sizeOf(subtask, checks.length);
  const { turns, seconds } = taskBudgets[type];
  const usual = (most: number, usually: number) => ({
    value: Math.min(most, Math.round(usually * size.factor)),
    rule: `${type} has ${usually}${size.rule}`,
  });
  return {
    max_turns: nearestHint(layers, 'maxTurns') ?? usual(500, turns),
    timeout_seconds: nearestHint(layers, 'timeoutSeconds') ?? usual(7200, seconds),
    max_tokens: nearestHint(layers, 'maxTokens') ?? unlimited,
    max_cost_micros: nearestHint(layers, 'maxCostMicros') ?? unlimited,
    priority: nearestHint(layers, 'priority') ?? { value: 500, rule: 'the usual one' },
  };
}

const unlimited = { value: null, rule: 'nobody limits it' };

/** Labels that fit a spec. */
function tagsOf({ labels }: Subtask): string[] {
  const short = labels.map((label) => label.trim().slice(0, 50)).filter((label) => label !== '');
  return [...new Set(short)].slice(0, 20);
}

function acceptanceOf(
  layers: HintLayers,
  checks: readonly Validator[],
  { subtask, plan, settings }: SpecSource,
): { acceptance: Partial<Acceptance>; derivation: Derivation } {
  const accept = acceptOf(layers, checks);
  const retry = nearestHint(layers, 'retry') ?? {
    value: { retry_policy: 'none' as const, max_retries: 0, retry_delay_ms: 1000 },
    rule: 'nobody asks for retries',
  };
  const fallback = nearestHint(layers, 'fallback') ?? { value: null, rule: 'nobody names one' };
  const origin = [
    [subtask.checks.length, 'its own'],
    [settings.checks.length, 'of runsheet.yml'],
    [plan.settings.checks.length, 'of the plan'],
  ] as const;
  const from = origin.filter(([count]) => count > 0).map(([count, whose]) => `${count} ${whose}`);
  const rule = from.length === 0 ? 'neither it nor its plan has a check' : from.join(', ');
  return {
    acceptance: {
      ...{ ...accept.value, ...retry.value, fallback: fallback.value },
      validators: [...checks],
    },
    derivation: [
      { field: 'acceptance.validators', value: checks.map(({ id }) => id), rule },
      { field: 'acceptance.gate_mode', value: accept.value.gate_mode, rule: accept.rule },
      { field: 'acceptance.retry_policy', value: retry.value.retry_policy, rule: retry.rule },
      { field: 'acceptance.fallback', ...fallback },
    ],
  };
}

type Accept = Pick<Acceptance, 'gate_mode' | 'min_score'>;
const allPass: Accept = { gate_mode: 'all_pass', min_score: null };

/** Checks that weigh nothing have no score: then the strictest mode holds. */
function acceptOf(layers: HintLayers, checks: readonly Validator[]) {
  const said = nearestHint(layers, 'accept');
  if (said === null)
    return { value: allPass, rule: 'every check has to pass unless it is said otherwise' };
  const { value, rule } = said;
  if (value.gate_mode !== 'weighted' || checks.some(({ weight }) => weight > 0)) return said;
  return { value: allPass, rule: `${rule} (weighted), but no check has a weight` };
}
