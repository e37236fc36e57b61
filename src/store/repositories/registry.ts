import type { AnyCommand, AnyQuery } from '../command';
import { agentStates } from './agent-states';
import { approvals } from './approvals';
import { budgets } from './budgets';
import { claims } from './claims';
import { configuration } from './configuration';
import { confirmations } from './confirmations';
import { deployments } from './deployments';
import { enhancements } from './enhancements';
import { escalations } from './escalations';
import { artifacts, events } from './events';
import { executions } from './executions';
import { gates } from './gates';
import { holds } from './holds';
import { imports } from './imports';
import { notes } from './notes';
import { permissions } from './permissions';
import { phases } from './phases';
import { plans } from './plans';
import { rejections } from './rejections';
import { reports } from './reports';
import { routingRules } from './routing-rules';
import { runs } from './runs';
import { specs } from './specs';
import { subtasks } from './subtasks';
import { triggers } from './triggers';
import { vendors } from './vendors';
import { verifications } from './verifications';
import { workItems } from './work-items';

const all: readonly (AnyCommand | AnyQuery)[] = [
  agentStates,
  approvals,
  artifacts,
  budgets,
  claims,
  configuration,
  confirmations,
  deployments,
  enhancements,
  escalations,
  events,
  executions,
  gates,
  holds,
  imports,
  notes,
  permissions,
  phases,
  plans,
  rejections,
  reports,
  routingRules,
  runs,
  specs,
  subtasks,
  triggers,
  vendors,
  verifications,
  workItems,
].flatMap((repository) => Object.values<AnyCommand | AnyQuery>(repository));

/**
 * Every command and query, for the store's thread to find them by name. A command that is missing
 * here fails with `internal` when it is sent.
 */
export const registry: { commands: readonly AnyCommand[]; queries: readonly AnyQuery[] } = {
  commands: all.filter((entry) => entry.kind === 'command'),
  queries: all.filter((entry) => entry.kind === 'query'),
};
