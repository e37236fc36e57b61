import { RunsheetError } from '../model/errors';
import { confirmCheck, listVerifications, stopChecks } from '../protocol/check-messages';
import type { VerificationView } from '../protocol/views';
import { verifications, type VerificationRecord } from '../store/repositories/verifications';
import type { EngineContext } from './engine-context';
import { deciding, handler, type Handler } from './handler';
import { verificationView } from './views';

/** Verifications as clients see them, in their order. */
export async function verificationViews(
  context: EngineContext,
  planId: string,
  records: readonly VerificationRecord[],
): Promise<VerificationView[]> {
  const stale = await context.staleness.among(planId, records);
  return records.map((record) => verificationView(record, stale.has(record.verification.id)));
}

/** What is asked about checks beside running them. */
export function checkHandlers(context: EngineContext): Handler[] {
  const subtaskOf = (planId: string, key: string) => {
    const subtask = context.state.plans.get(planId)?.byKey(key);
    if (subtask) return subtask;
    throw new RunsheetError('not_found', `The plan has no subtask ${key}.`, { id: key });
  };
  return [
    handler(listVerifications, async ({ planId, key }) => {
      const { id } = subtaskOf(planId, key);
      const records = await context.store.query(verifications.ofSubtask, id);
      const views = await verificationViews(context, planId, records);
      return { verifications: views.reverse() };
    }),
    handler(
      confirmCheck,
      deciding(async ({ planId, key, check, holds, note }, { actor }) => {
        const subtask = subtaskOf(planId, key);
        await context.verifications.confirm(subtask, check, { holds, note }, actor);
        return {};
      }),
    ),
    handler(
      stopChecks,
      deciding(async ({ planId, key }) => {
        const subtaskId = key === undefined ? null : subtaskOf(planId, key).id;
        return { stopped: await context.verifications.stop(planId, subtaskId) };
      }),
    ),
  ];
}
