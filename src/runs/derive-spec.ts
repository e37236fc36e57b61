import type { Plan, Subtask } from '../model/plan';
import type { Validator } from '../model/validator';
import type { SpecContent, TaskType } from '../store/repositories/specs';
import { sha256 } from './plan-content';

/** Turns and seconds that a run of each task type gets by default. */
const budgets: Readonly<Record<TaskType, { turns: number; seconds: number }>> = {
  coding: { turns: 50, seconds: 1800 },
  testing: { turns: 30, seconds: 600 },
  refactoring: { turns: 40, seconds: 1200 },
  documentation: { turns: 25, seconds: 900 },
  audit: { turns: 20, seconds: 600 },
  custom: { turns: 30, seconds: 900 },
};

// In order: the first word found in the title decides.
const words: readonly [RegExp, TaskType][] = [
  [/\b(?:audit|review|investigate|verify|security check)\b/i, 'audit'],
  [/\b(?:refactor|rename|extract|clean up|restructure)\b/i, 'refactoring'],
  [/\b(?:tests?|specs?|coverage|e2e)\b/i, 'testing'],
  [/\b(?:document|docs?|readme|changelog|guide)\b/i, 'documentation'],
];

/** What kind of work a subtask is, by the words of its title. */
export function taskTypeOf(title: string): TaskType {
  return words.find(([pattern]) => pattern.test(title))?.[1] ?? 'coding';
}

/**
 * The checks that prove a subtask: its own, then those that the workspace and the plan ask of
 * every subtask. An empty list means that nothing can prove it.
 */
export function checksOf(
  subtask: Subtask,
  plan: Plan,
  workspaceChecks: readonly Validator[],
): readonly Validator[] {
  const general = [...workspaceChecks, ...plan.settings.checks];
  return [...subtask.checks, ...general].slice(0, 20);
}

/** The specs of a subtask that declares none: what it is asked, how long, and what proves it. */
export function deriveSpec(
  source: { subtaskId: string; subtask: Subtask; plan: Plan; path: string },
  agentKey: string,
  checks: readonly Validator[],
): SpecContent {
  const { subtask, plan, path, subtaskId } = source;
  const taskType = taskTypeOf(subtask.title);
  const slug = subtask.key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return {
    name: `${slug === '' ? 'subtask' : slug}-${sha256(subtaskId).slice(0, 12)}`,
    displayName: `${subtask.id} ${subtask.title}`.slice(0, 255),
    objective: `${subtask.title}\n\n${subtask.detail}`.trim().padEnd(10, '.').slice(0, 20_000),
    taskType,
    agentKey,
    context: { plan: plan.title, path, files: subtask.files, labels: subtask.labels },
    toolPolicy: {
      policy_version: 'v1',
      allowed_tools: null,
      forbidden_tools: [],
      forbidden_patterns: [],
      allowed_directories: [],
      tool_hints: {},
    },
    maxTurns: budgets[taskType].turns,
    timeoutSeconds: budgets[taskType].seconds,
    sourceSubtaskId: subtaskId,
    validators: checks,
    gateMode: 'all_pass',
    minScore: null,
  };
}
