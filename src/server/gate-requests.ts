import { RunsheetError } from '../model/errors';
import { decideGate, listGateDecisions, openGate } from '../protocol/gate-messages';
import type { GateRow } from '../store/repositories/gate-rows';
import { gates } from '../store/repositories/gates';
import { gateDecisionView } from './decision-views';
import type { EngineContext } from './engine-context';
import { handler, trusting, type Handler } from './handler';
import { gateView } from './views';

/** What a person decides on gates. */
export function gateHandlers(context: EngineContext): Handler[] {
  const { state, store, gatekeeper, desks } = context;
  const viewOf = (gate: GateRow) => {
    const plan = state.plans.get(gate.plan_id);
    if (plan === undefined) throw new RunsheetError('not_found', 'The gate has no plan.');
    return gateView(plan, gate);
  };
  return [
    handler(
      decideGate,
      trusting(async (params, { actor }) => {
        const { gateId, decision, reason, round = null, subtasks = [], type = 'other' } = params;
        if (decision === 'reject') {
          const words = { reason, type, subtasks, round };
          return viewOf(await desks.rejections.rejectGate(gateId, words, actor));
        }
        if (subtasks.length > 0) {
          throw new RunsheetError('validation', `To ${decision} a gate sends no subtask back.`, {
            field: 'subtasks',
          });
        }
        return viewOf(await gatekeeper.decide(gateId, decision, reason, actor, { round }));
      }),
    ),
    handler(
      openGate,
      trusting(async ({ gateId }, { actor }) => viewOf(await gatekeeper.openByHand(gateId, actor))),
    ),
    handler(listGateDecisions, async ({ gateId }) => {
      const rows = await store.query(gates.decisions, gateId);
      return { decisions: rows.map(gateDecisionView) };
    }),
  ];
}
