import { z } from 'zod';
import { budgetLimitsSchema, budgetScopeSchema } from '../model/budget';
import { idSchema, request } from './request';
import { agentViewSchema } from './views';

// Budgets of the day, of plans and of subtasks, and the agents that take no work for now.

const whose = {
  scope: budgetScopeSchema,
  /** For a plan or a subtask. */
  planId: idSchema.nullable(),
  /** For a subtask. */
  key: z.string().nullable(),
};

export const budgetViewSchema = z.object({
  ...whose,
  /** What it belongs to, in words: `the day`, `demo.plan.md`, `demo.plan.md T01`. */
  owner: z.string(),
  limits: budgetLimitsSchema,
  used: z.object({
    wallMs: z.int(),
    turns: z.int(),
    tokens: z.int(),
    /** `null`: no agent said what it cost. */
    costMicros: z.int().nullable(),
    runsWithoutCost: z.int(),
    runs: z.int(),
  }),
  state: z.enum(['ok', 'warning', 'exhausted']),
  /** The state as a sentence. */
  text: z.string(),
  version: z.int(),
  updatedBy: z.string(),
});
export type BudgetView = z.infer<typeof budgetViewSchema>;

/** Every budget with what is used of it; a day is the calendar day of the engine's clock. */
export const listBudgets = request(
  'budget/list',
  z.object({}),
  z.object({ budgets: z.array(budgetViewSchema) }),
);

const limit = z.int().min(1).nullable().optional();

/**
 * Sets limits: absent stays as it is, `null` is unlimited. Errors: `not_found`, `validation`,
 * `version_conflict`, `not_trusted`, `forbidden`.
 */
export const setBudget = request(
  'budget/set',
  z.object({
    scope: budgetScopeSchema,
    planId: idSchema.optional(),
    key: z.string().optional(),
    limits: z.strictObject({
      wallMs: limit,
      turns: limit,
      tokens: limit,
      costMicros: limit,
      runs: limit,
    }),
    expected: z.int().min(0).optional(),
  }),
  budgetViewSchema,
);

/** An agent that was paused or broken takes work again. Errors: `not_found`. */
export const resumeAgent = request(
  'agent/resume',
  z.object({ agent: z.string().min(1).max(100) }),
  z.object({ agent: agentViewSchema }),
);
