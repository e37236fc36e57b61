import { posix } from 'node:path';
import type { TaskType } from '../model/agent-spec';
import type { Subtask } from '../model/plan';
import { defaultToolPolicy, type ToolPolicy } from '../model/tool-policy';

interface DerivedPolicy {
  value: ToolPolicy;
  /** The keys that the rule has set. */
  said: Partial<ToolPolicy>;
  /** `null`: nothing but the usual policy. */
  rule: string | null;
}

const hints: Partial<Record<TaskType, Partial<ToolPolicy>['tool_hints']>> = {
  testing: {
    edit: 'Add and change tests. Change other code only where a test cannot pass otherwise.',
  },
  refactoring: { edit: 'Keep what the code does as it is; its tests pass before and after.' },
  documentation: { edit: 'Change documentation and comments, not what the code does.' },
};

/**
 * What an agent may do in a task of this type, unless somebody says otherwise: an audit changes
 * nothing, but for the folders of the files that its own checks ask for.
 */
export function policyOfType(type: TaskType, subtask: Pick<Subtask, 'checks'>): DerivedPolicy {
  if (type === 'audit') return auditPolicy(subtask);
  const hint = hints[type];
  if (hint === undefined) return { value: defaultToolPolicy, said: {}, rule: null };
  return policy({ tool_hints: hint }, `a hint for ${type}`);
}

function auditPolicy({ checks }: Pick<Subtask, 'checks'>): DerivedPolicy {
  const reports = checks.flatMap((check) =>
    check.type === 'file_exists' && check.config.should_exist ? [check.config.path] : [],
  );
  if (reports.length === 0) return policy({ read_only: true }, 'an audit changes nothing');
  const folders = [...new Set(reports.map((path) => posix.dirname(path)))];
  return policy(
    {
      allowed_directories: folders,
      tool_hints: { edit: `Write ${reports.join(', ')} and nothing else.` },
    },
    'an audit writes only where its checks ask for a file',
  );
}

function policy(said: Partial<ToolPolicy>, rule: string): DerivedPolicy {
  return { value: { ...defaultToolPolicy, ...said }, said, rule };
}
