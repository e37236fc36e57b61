import { RunsheetError } from '../model/errors';
import {
  decideEscalation,
  deleteRoute,
  escalateSubtask,
  listEscalations,
  listRejections,
  listRoutes,
  rejectSubtask,
  resolveRejection,
  setRoute,
} from '../protocol/decision-messages';
import type { EscalationRow } from '../store/repositories/escalation-rows';
import { escalations } from '../store/repositories/escalations';
import { rejections } from '../store/repositories/rejections';
import { routingRules } from '../store/repositories/routing-rules';
import { escalationView, rejectionView, routeView } from './decision-views';
import type { EngineContext } from './engine-context';
import { deciding, handler, trusting, type Handler } from './handler';

function subtaskOf({ state }: EngineContext, planId: string, key: string): string {
  const id = state.plans.get(planId)?.byKey(key)?.id;
  if (id !== undefined) return id;
  throw new RunsheetError('not_found', `The plan has no subtask ${key}.`, { id: key });
}

function rejectionHandlers(context: EngineContext): Handler[] {
  const { store, desks } = context;
  return [
    handler(
      rejectSubtask,
      trusting(async ({ planId, key, ...words }, { actor }) => {
        const outcome = await desks.rejections.reject(planId, key, words, actor);
        const { id: rejectionId, ...rest } = outcome;
        return { rejectionId, ...rest };
      }),
    ),
    handler(listRejections, async ({ planId, key }) => {
      const rows = await store.query(rejections.ofSubtask, subtaskOf(context, planId, key));
      return { rejections: rows.map(rejectionView) };
    }),
    handler(
      resolveRejection,
      deciding(async (params, { actor }) => {
        await store.command(rejections.resolve, params, { actor });
        return {};
      }),
    ),
  ];
}

function escalationHandlers(context: EngineContext): Handler[] {
  const { store, state, desks } = context;
  const view = (row: EscalationRow) => escalationView(row, state);
  return [
    handler(listEscalations, async ({ open, limit }) => {
      const rows = open
        ? (await store.query(escalations.allOpen, undefined)).slice(0, limit)
        : await store.query(escalations.recent, limit);
      return { escalations: rows.map(view) };
    }),
    handler(
      escalateSubtask,
      deciding(async ({ planId, key, reason, to }, { actor }) => {
        const input = { subtaskId: subtaskOf(context, planId, key), detail: reason, to };
        const id = await store.command(escalations.byHand, input, { actor });
        return view(await store.query(escalations.byId, id));
      }),
    ),
    handler(decideEscalation, (params, caller) => {
      // To try again lets an agent run.
      const isRun = params.decision === 'resolve' && params.again;
      const decide = (isRun ? trusting : deciding)(
        async (decided: typeof params, { actor }: typeof caller) => {
          const { id } = decided;
          switch (decided.decision) {
            case 'acknowledge':
              return view(await store.command(escalations.acknowledge, id, { actor }));
            case 'resolve':
              return view(await desks.rejections.resolveEscalation(id, decided, actor));
            case 'cancel': {
              const input = { id, reason: decided.reason };
              return view(await store.command(escalations.cancel, input, { actor }));
            }
          }
        },
      );
      return decide(params, caller);
    }),
  ];
}

function routeHandlers({ store }: EngineContext): Handler[] {
  return [
    handler(listRoutes, async () => {
      return { routes: (await store.query(routingRules.all, undefined)).map(routeView) };
    }),
    handler(
      setRoute,
      trusting(async ({ type, handler: handlerKind, spec, ...rest }, { actor }) => {
        const input = { ...rest, rejectionType: type, handlerKind, handler: spec };
        return routeView(await store.command(routingRules.set, input, { actor }));
      }),
    ),
    handler(
      deleteRoute,
      deciding(async ({ planId, type }, { actor }) => {
        const input = { planId, rejectionType: type };
        await store.command(routingRules.delete, input, { actor });
        return {};
      }),
    ),
  ];
}

/** What a person decides on work that was done, and where rejected work goes. */
export function decisionHandlers(context: EngineContext): Handler[] {
  return [...rejectionHandlers(context), ...escalationHandlers(context), ...routeHandlers(context)];
}
