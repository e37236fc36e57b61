import type { Problem } from '../../model/plan';
import { problem } from '../problems';
import { rangeOf } from '../text';
import type { Child, ChildTag } from './children';
import type { RawTask } from './scan';

const gateTypes: ReadonlySet<string> = new Set([
  'checkpoint:human-verify',
  'checkpoint:decision',
  'checkpoint:human-action',
  'checkpoint:tdd-review',
]);
const agentTypes: ReadonlySet<string> = new Set(['auto', 'tracer']);

const required: readonly ChildTag[] = ['name', 'files', 'action', 'verify', 'done'];

/** What is missing in a task, and what of it is not known. */
export function taskProblems(
  raw: RawTask,
  children: readonly Child[],
  type: string,
  isGate: boolean,
): Problem[] {
  const at = { line: raw.line.number, range: rangeOf(raw.line) };
  const problems: Problem[] = [];
  if (!raw.closed)
    problems.push(
      problem(
        'error',
        'task-unclosed',
        at,
        'The task has no end. Put `</task>` on a line of its own behind it.',
      ),
    );
  if (!agentTypes.has(type) && !gateTypes.has(type))
    problems.push(
      problem(
        'info',
        'unknown-task-type',
        at,
        `The type ${type} is not known; ${isGate ? 'a person is asked' : 'it is worked on like auto'}. Known: auto, tracer, ${[...gateTypes].join(', ')}.`,
      ),
    );
  if (isGate || !agentTypes.has(type)) return problems;
  const missing = required.filter((tag) => !children.some((child) => child.tag === tag));
  for (const tag of missing)
    problems.push(
      problem(
        'warning',
        `task-missing-${tag}`,
        at,
        `The task has no <${tag}>. Add it, so that an agent knows ${purposes[tag] ?? ''}.`,
      ),
    );
  return problems;
}

const purposes: Partial<Record<ChildTag, string>> = {
  name: 'what the task is called',
  files: 'which files it may change',
  action: 'what to do',
  verify: 'how the work is checked',
  done: 'when it is finished',
};
