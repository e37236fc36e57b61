import {
  decideFiring,
  deleteTrigger,
  fireTrigger,
  listTriggers,
  setTrigger,
  setWorkflow,
} from '../protocol/trigger-messages';
import { plans } from '../store/repositories/plans';
import { triggers } from '../store/repositories/triggers';
import { firingView, triggerView } from './decision-views';
import type { EngineContext } from './engine-context';
import { deciding, handler, trusting, type Handler } from './handler';

/** What starts by itself, and a person's yes or no to it. */
export function triggerHandlers({ store, state, desks }: EngineContext): Handler[] {
  const desk = desks.triggers;
  const firing = async (id: string) => firingView(await store.query(triggers.firing, id));
  return [
    handler(listTriggers, async ({ limit }) => {
      const all = await store.query(triggers.all, undefined);
      const recent = await store.query(triggers.recentFirings, limit);
      return {
        triggers: all.map((row) => triggerView(row, state)),
        firings: recent.map(firingView),
      };
    }),
    handler(
      setTrigger,
      trusting(async (definition, { actor }) => {
        const { trigger, warnings } = await store.command(triggers.set, definition, { actor });
        return { trigger: triggerView(trigger, state), warnings };
      }),
    ),
    handler(
      deleteTrigger,
      deciding(async ({ name }, { actor }) => {
        await store.command(triggers.delete, name, { actor });
        return {};
      }),
    ),
    handler(
      fireTrigger,
      trusting(async ({ name }, { actor }) => firing(await desk.fire(name, actor))),
    ),
    handler(decideFiring, (params, caller) => {
      const decide = (params.decision === 'confirm' ? trusting : deciding)(
        async ({ id, decision }: typeof params, { actor }: typeof caller) => {
          await (decision === 'confirm' ? desk.confirm(id, actor) : desk.decline(id, actor));
          return firing(id);
        },
      );
      return decide(params, caller);
    }),
    handler(
      setWorkflow,
      deciding(async (params, { actor }) => {
        await store.command(plans.setWorkflow, params, { actor });
        return {};
      }),
    ),
  ];
}
