import type { Log } from '../platform/log';
import type { Store } from '../store/store';
import type { Conditions } from './conditions';
import type { Gatekeeper } from './gatekeeper';
import { OpenDecisions } from './open-decisions';
import { RejectionDesk, type GoOn } from './rejection-desk';
import { TriggerDesk, type StartTriggered } from './trigger-desk';
import type { WorkspaceState } from './workspace-state';
import type { WriteBack } from './write-back';

/** Where people decide on rejected and escalated work, and on what triggers would start. */
export interface DecisionDesks {
  open: OpenDecisions;
  rejections: RejectionDesk;
  triggers: TriggerDesk;
}

export interface DecisionParts {
  store: Store;
  state: WorkspaceState;
  conditions: Pick<Conditions, 'usualAttempts'>;
  gatekeeper: Gatekeeper;
  writeBack: WriteBack;
  start: StartTriggered;
  /** Has pending subtasks started that nothing is going to start by itself. */
  goOn: GoOn;
  log: Log;
}

export async function createDecisionDesks(parts: DecisionParts): Promise<DecisionDesks> {
  const { store, state, conditions, gatekeeper, writeBack, start, goOn, log } = parts;
  const open = new OpenDecisions(store, log);
  await open.load();
  return {
    open,
    rejections: new RejectionDesk(store, state, conditions, gatekeeper, writeBack, goOn, log),
    triggers: new TriggerDesk(store, state, conditions, start, goOn, log),
  };
}
