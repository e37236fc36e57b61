import { t } from '@vscode/l10n';
import { agentSpecSchema, taskBudgets } from '../../model/agent-spec';
import type { SpecView } from '../../protocol/spec-messages';

/** What a spec begins with that nobody has set yet. */
export function newSpec(name: string): SpecView {
  const { turns, seconds } = taskBudgets.coding;
  const spec = agentSpecSchema.parse({
    name,
    display_name: name,
    objective: t('Say what the agent is to do, beside what the subtask says.'),
    task_type: 'coding',
    max_turns: turns,
    timeout_seconds: seconds,
  });
  return {
    ...{ revision: 0, spec, origin: 'stored', rule: '', checksOfPlan: true },
    ...{ path: null, retiredAt: null, createdAt: null, createdBy: null },
  };
}
