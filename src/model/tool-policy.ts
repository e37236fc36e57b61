import { z } from 'zod';

/** A regular expression as text; one that does not compile is refused where it is written. */
const pattern = z.string().min(1).max(500).refine(compiles, 'this is not a regular expression');

function compiles(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

/** What an agent may do. A policy that cannot be read fails its run: it never fails open. */
export const toolPolicySchema = z.strictObject({
  policy_version: z.literal('v1').default('v1'),
  /** Names of tools; `null`: all, an empty list: none. */
  allowed_tools: z.array(z.string().min(1).max(100)).max(200).nullable().default(null),
  forbidden_tools: z.array(z.string().min(1).max(100)).max(200).default([]),
  /** None of them may match what a tool is called with. */
  forbidden_patterns: z.array(pattern).max(100).default([]),
  /** Relative to the worktree; tools write nowhere else. Empty: the whole worktree. */
  allowed_directories: z.array(z.string().min(1).max(500)).max(100).default([]),
  /** Nothing may be changed: for reviews and audits. */
  read_only: z.boolean().default(false),
  /** What happens with a call that the policy allows when the agent asks for permission. */
  on_request: z.enum(['ask', 'allow']).default('ask'),
  /** What happens when a violation is seen only afterwards. */
  on_violation: z.enum(['stop', 'report']).default('stop'),
  /** Told to the agent beside its task, by tool. */
  tool_hints: z.record(z.string().max(100), z.string().max(1000)).default({}),
});
export type ToolPolicy = z.output<typeof toolPolicySchema>;

/** What holds where nobody says anything: the worktree, and a person is asked. */
export const defaultToolPolicy: ToolPolicy = toolPolicySchema.parse({});
