import type { AnyCommand, AnyQuery } from '../command';
import { agentStates } from './agent-states';
import { approvals } from './approvals';
import { budgets } from './budgets';
import { claims } from './claims';
import { configuration } from './configuration';
import { confirmations } from './confirmations';
import { escalations } from './escalations';
import { artifacts, events } from './events';
import { executions } from './executions';
import { gates } from './gates';
import { permissions } from './permissions';
import { phases } from './phases';
import { plans } from './plans';
import { runs } from './runs';
import { rejections } from './rejections';
import { routingRules } from './routing-rules';
import { specs } from './specs';
import { subtasks } from './subtasks';
import { verifications } from './verifications';
import { triggers } from './triggers';

const all: readonly (AnyCommand | AnyQuery)[] = [
  agentStates,
  approvals,
  artifacts,
  budgets,
  claims,
  configuration,
  events,
  confirmations,
  escalations,
  executions,
  gates,
  permissions,
  phases,
  plans,
  runs,
  specs,
  rejections,
  routingRules,
  subtasks,
  verifications,
].flatMap((repository) => Object.values<AnyCommand | AnyQuery>(repository));
  triggers,

/**
 * Every command and query, for the store's thread to find them by name. A command that is missing
 * here fails with `internal` when it is sent.
 */
export const registry: { commands: readonly AnyCommand[]; queries: readonly AnyQuery[] } = {
  commands: all.filter((entry) => entry.kind === 'command'),
  queries: all.filter((entry) => entry.kind === 'query'),
};
