import type { RunView } from '../../protocol/views';

/** Events whose text says by itself what happens. */
const speaking: ReadonlySet<string> = new Set([
  'message',
  'output',
  'notice',
  'plan_update',
  'tool_call',
  'tool_result',
  'nothing_changed',
  'budget_warning',
  'budget_exhausted',
  'policy_violation',
  'interrupted',
]);

/** What a run did last, in words that are understood without their type. */
export function lastEventText({ type, text }: NonNullable<RunView['lastEvent']>): string {
  const word = type.replaceAll('_', ' ');
  if (text === '') return word;
  return speaking.has(type) ? text : `${word}: ${text}`;
}
