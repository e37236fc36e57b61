import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { anyRejection, handlerKindSchema, type HandlerKind, type Route } from '../../model/routing';
import { command, query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { flag, maybeText, text } from './columns';
import { journal } from './journal';
import { requirePerson } from './person';

const ruleRow = z
  .object({
    id: text,
    plan_id: maybeText,
    rejection_type: text,
    handler_kind: handlerKindSchema,
    handler: maybeText,
    max_rounds: z.int(),
    escalate_to: text,
    enabled: flag,
    version: z.int(),
    updated_at: text,
    updated_by: text,
  })
  .transform((row): RoutingRule => ({
    id: row.id,
    planId: row.plan_id,
    rejectionType: row.rejection_type,
    handlerKind: row.handler_kind,
    handler: row.handler,
    maxRounds: row.max_rounds,
    escalateTo: row.escalate_to,
    enabled: row.enabled,
    version: row.version,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  }));
export interface RoutingRule extends Route {
  id: string;
  version: number;
  updatedAt: string;
  updatedBy: string;
}

/** What a person says of a rule; what is not said keeps its value, or takes the usual one. */
export interface RoutingRuleInput {
  planId: string | null;
  rejectionType: string;
  handlerKind?: HandlerKind | undefined;
  handler?: string | null | undefined;
  maxRounds?: number | undefined;
  escalateTo?: string | undefined;
  enabled?: boolean | undefined;
}

const columns = `id, plan_id, rejection_type, handler_kind, handler, max_rounds, escalate_to,
  enabled, version, updated_at, updated_by`;

/** Those that are not deleted: the plans' own after the ones of every plan. */
export function readRules(db: Connection): RoutingRule[] {
  return db.all(
    ruleRow,
    `SELECT ${columns} FROM routing_rules WHERE deleted_at IS NULL
     ORDER BY plan_id, rejection_type`,
  );
}

/** The rounds that are too many where no rule says it. */
export function usualRounds(db: Connection): number {
  const row = db.get(
    z.object({ rounds: z.int() }),
    'SELECT max_rejection_rounds AS rounds FROM project_configuration',
  );
  return row?.rounds ?? 3;
}

/** The spec's revision that is used now; `null` when there is none of this name. */
export function currentSpecId(db: Connection, name: string): string | null {
  const row = db.get(
    z.object({ id: text }),
    'SELECT id FROM agent_specs WHERE name = ? AND retired_at IS NULL',
    name,
  );
  return row?.id ?? null;
}

function refuseImpossible(tx: Transaction, rule: Route): void {
  const bySpec = rule.handlerKind === 'agent_spec';
  if (bySpec !== (rule.handler !== null)) {
    throw new RunsheetError(
      'validation',
      bySpec ? 'agent_spec needs the name of a spec.' : `${rule.handlerKind} takes no spec.`,
      { field: 'handler' },
    );
  }
  if (rule.handler !== null && currentSpecId(tx, rule.handler) === null) {
    throw new RunsheetError('not_found', `There is no agent spec ${rule.handler}.`, {
      entity: 'agent_spec',
      id: rule.handler,
    });
  }
}

function merged(tx: Transaction, input: RoutingRuleInput, known: RoutingRule | null): Route {
  const handlerKind = input.handlerKind ?? known?.handlerKind ?? 'same_run';
  const kept = handlerKind === 'agent_spec' ? (known?.handler ?? null) : null;
  return {
    planId: input.planId,
    rejectionType: input.rejectionType,
    handlerKind,
    handler: input.handler === undefined ? kept : input.handler,
    maxRounds: input.maxRounds ?? known?.maxRounds ?? usualRounds(tx),
    escalateTo: input.escalateTo ?? known?.escalateTo ?? 'person',
    enabled: input.enabled ?? known?.enabled ?? true,
  };
}

function find(db: Connection, planId: string | null, type: string): RoutingRule | null {
  return (
    readRules(db).find((rule) => rule.planId === planId && rule.rejectionType === type) ?? null
  );
}

export const routingRules = {
  /** Makes the rule of a plan (or of all) for a type, or changes it. Errors: `validation`. */
  set: command('routingRules.set', (tx, input: RoutingRuleInput): RoutingRule => {
    requirePerson(tx, 'sets the routes of rejections');
    const known = find(tx, input.planId, input.rejectionType);
    const rule = merged(tx, input, known);
    refuseImpossible(tx, rule);
    const id = known?.id ?? tx.newId();
    tx.run(
      `INSERT INTO routing_rules (id, plan_id, rejection_type, handler_kind, handler, max_rounds,
         escalate_to, enabled, updated_at, updated_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET handler_kind = excluded.handler_kind,
         handler = excluded.handler, max_rounds = excluded.max_rounds,
         escalate_to = excluded.escalate_to, enabled = excluded.enabled, version = version + 1,
         updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
      id,
      rule.planId,
      rule.rejectionType,
      rule.handlerKind,
      rule.handler,
      rule.maxRounds,
      rule.escalateTo,
      rule.enabled ? 1 : 0,
      tx.now,
      tx.actor,
    );
    journal(tx, { entity: 'routing_rule', id, action: 'set', changes: { ...rule } });
    return find(tx, input.planId, input.rejectionType) ?? noSuchRule(input.rejectionType);
  }),

  /** Its history stays; what it caught goes to the next rule that fits. */
  delete: command(
    'routingRules.delete',
    (tx, input: { planId: string | null; rejectionType: string }): void => {
      requirePerson(tx, 'deletes routes of rejections');
      const known = find(tx, input.planId, input.rejectionType) ?? noSuchRule(input.rejectionType);
      tx.run(
        `UPDATE routing_rules SET deleted_at = ?, version = version + 1, updated_at = ?,
           updated_by = ? WHERE id = ?`,
        tx.now,
        tx.now,
        tx.actor,
        known.id,
      );
      journal(tx, { entity: 'routing_rule', id: known.id, action: 'delete' });
    },
  ),

  all: query('routingRules.all', readRules),
};

function noSuchRule(type: string): never {
  const name = type === anyRejection ? 'all types' : type;
  throw new RunsheetError('not_found', `There is no rule for ${name} here.`, {
    entity: 'routing_rule',
    id: type,
  });
}
