import { decodedForms, unquoted } from './decoded';
import { kindOf, kindOfName, textsIn, type ToolCall } from './tool-call';
import type { ToolPolicy } from './tool-policy';

export type PolicyRule =
  | 'allowed_tools'
  | 'forbidden_tools'
  | 'forbidden_patterns'
  | 'allowed_directories'
  | 'read_only'
  /** The policy itself cannot be read. */
  | 'policy';

/** Why a call must not be made. */
export interface Denial {
  rule: PolicyRule;
  /** A sentence for people. */
  detail: string;
  /** Whether the call is known to break the rule; if not, it only cannot be judged. */
  isCertain: boolean;
}

/** Longer inputs are not searched for patterns, and so are not allowed where there are any. */
const longestInput = 1_000_000;

/** Kinds that change files; `execute` may. */
const writing = new Set(['edit', 'delete', 'move']);
/** Kinds that change nothing. */
const harmless = new Set(['read', 'search', 'think', 'fetch', 'switch_mode']);

export function isWriting(call: ToolCall): boolean {
  return writing.has(kindOf(call));
}

/** Whether the policy forbids more than to leave the worktree. */
export function isRestricting(policy: ToolPolicy): boolean {
  return restrictionsOf(policy).length > 0;
}

/** The rules of the policy that forbid anything. */
export function restrictionsOf(policy: ToolPolicy): PolicyRule[] {
  const rules: readonly (readonly [PolicyRule, boolean])[] = [
    ['allowed_tools', policy.allowed_tools !== null],
    ['forbidden_tools', policy.forbidden_tools.length > 0],
    ['forbidden_patterns', policy.forbidden_patterns.length > 0],
    ['allowed_directories', policy.allowed_directories.length > 0],
    ['read_only', policy.read_only],
  ];
  return rules.flatMap(([rule, holds]) => (holds ? [rule] : []));
}

/**
 * What forbids the call, but for the places that it goes to, which need a look at the disk. Names
 * and kinds are compared without regard to case; `*` stands for anything.
 */
export function ruleOn(
  policy: ToolPolicy,
  call: ToolCall,
  matches: Matches = (pattern, text) => pattern.test(text),
): Denial | null {
  return (
    ruleOnTools(policy, call) ??
    ruleOnReading(policy, call) ??
    ruleOnPatterns(policy, call, matches)
  );
}

/** Whether a pattern matches; `null` when it takes too long to find out. */
export type Matches = (pattern: RegExp, text: string) => boolean | null;

function ruleOnTools(
  { allowed_tools, forbidden_tools }: ToolPolicy,
  call: ToolCall,
): Denial | null {
  const forbidden = forbidden_tools.find((pattern) => names(pattern, call));
  if (forbidden !== undefined) {
    return denial('forbidden_tools', `${nameOf(call)} is forbidden as "${forbidden}".`);
  }
  const unclear = call.name === null && forbidden_tools.find((pattern) => mayName(pattern, call));
  if (typeof unclear === 'string') {
    const detail = `${nameOf(call)} has no name that tells whether it is "${unclear}".`;
    return denial('forbidden_tools', detail, false);
  }
  if (allowed_tools === null || allowed_tools.some((pattern) => names(pattern, call))) return null;
  // The kind stands for the tool where the agent tells no name.
  const byKind = allowed_tools.some((pattern) => kindOfName(pattern) === kindOf(call));
  if (call.name === null && byKind) return null;
  const list = allowed_tools.length === 0 ? 'no tool at all' : allowed_tools.join(', ');
  const isKnown = call.name !== null || kindOf(call) !== 'other' || allowed_tools.length === 0;
  return denial('allowed_tools', `${nameOf(call)} is not allowed; allowed: ${list}.`, isKnown);
}

/** A tool that might change something counts as one that does, unless it is allowed by its name. */
function ruleOnReading({ read_only, allowed_tools }: ToolPolicy, call: ToolCall): Denial | null {
  const kind = kindOf(call);
  if (!read_only || harmless.has(kind)) return null;
  if (writing.has(kind)) {
    return denial('read_only', `${nameOf(call)} would change files; this run only reads.`);
  }
  const isNamed = allowed_tools?.some((pattern) => names(pattern, call)) ?? false;
  if (isNamed && kind !== 'execute') return null;
  return denial('read_only', `${nameOf(call)} might change something; this run only reads.`, false);
}

function ruleOnPatterns(
  { forbidden_patterns: patterns }: ToolPolicy,
  call: ToolCall,
  matches: Matches,
): Denial | null {
  if (patterns.length === 0) return null;
  const texts = [call.name ?? '', call.title, ...call.locations, ...textsIn(call.input)];
  const shown = textsIn(call.content ?? []);
  const text = [...texts, ...shown, JSON.stringify(call.input ?? null)].join('\n');
  if (text.length > longestInput) {
    const detail = `${nameOf(call)} has an input that is too long to be looked through.`;
    return denial('forbidden_patterns', detail, false);
  }
  const forms = decodedForms(text);
  // A shell takes `git pu""sh` for what it is.
  if (kindOf(call) === 'execute') forms.push(...decodedForms(unquoted(texts.join('\n'))));
  for (const source of patterns) {
    // Each text stands on lines of its own, at which `^` and `$` match.
    const pattern = new RegExp(source, 'mu');
    for (const form of forms) {
      const found = matches(pattern, form);
      if (found === false) continue;
      const what = found === null ? 'cannot be searched in time for' : 'matches';
      const detail = `${nameOf(call)} ${what} the forbidden pattern ${source}.`;
      return denial('forbidden_patterns', detail, found === true);
    }
  }
  const isBlind = call.input === null && !harmless.has(kindOf(call)) && call.title.trim() === '';
  if (!isBlind) return null;
  return denial('forbidden_patterns', `${nameOf(call)} does not tell its input.`, false);
}

export interface DiffViolation {
  rule: PolicyRule;
  path: string;
  /** A sentence for people. */
  detail: string;
}

/** What a run changed although its policy forbids it. Paths are relative to the worktree. */
export function violationsInDiff(
  policy: ToolPolicy,
  changedPaths: readonly string[],
): DiffViolation[] {
  return changedPaths.flatMap((path): DiffViolation[] => {
    if (policy.read_only) {
      return [{ rule: 'read_only', path, detail: `${path} was changed; this run only reads.` }];
    }
    const directories = policy.allowed_directories;
    if (directories.length === 0 || directories.some((one) => isBelow(path, one))) return [];
    const detail = `${path} was changed; allowed: ${directories.join(', ')}.`;
    return [{ rule: 'allowed_directories', path, detail }];
  });
}

function isBelow(path: string, directory: string): boolean {
  const folder = segments(directory);
  const parts = segments(path);
  return folder.every((part, index) => parts[index] === part);
}

function segments(path: string): string[] {
  return path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
}

/** What the agent is told about its tools beside its task; `null` when there is nothing to say. */
export function toolGuidance(policy: ToolPolicy): string | null {
  const { allowed_tools, forbidden_tools, allowed_directories, tool_hints } = policy;
  const lines = [
    ...(policy.read_only
      ? ['Only read. Change no file and run nothing that changes anything.']
      : []),
    ...(allowed_tools === null ? [] : [`Use only these tools: ${listOf(allowed_tools)}.`]),
    ...(forbidden_tools.length > 0 ? [`Do not use: ${listOf(forbidden_tools)}.`] : []),
    ...(allowed_directories.length > 0
      ? [`Change files only in: ${listOf(allowed_directories)}.`]
      : []),
    ...Object.entries(tool_hints).map(([tool, hint]) => `${tool}: ${hint}`),
  ];
  return lines.length === 0 ? null : lines.map((line) => `- ${line}`).join('\n');
}

function listOf(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join(', ');
}

function denial(rule: PolicyRule, detail: string, isCertain = true): Denial {
  return { rule, detail, isCertain };
}

function nameOf({ name, kind, title }: ToolCall): string {
  const tool = name ?? (kind === 'other' ? 'A tool' : `A tool that can ${kind}`);
  return title === '' ? tool : `${tool} (${title.slice(0, 200)})`;
}

/** Whether the pattern is the name of the called tool, or its kind. */
function names(pattern: string, call: ToolCall): boolean {
  const words = [call.name ?? '', call.kind, kindOf(call)];
  const glob = globOf(pattern);
  return words.some((word) => word !== '' && glob.test(word));
}

/** Whether a call without a name could be one of the tool that the pattern names. */
function mayName(pattern: string, call: ToolCall): boolean {
  return (kindOfName(pattern) ?? 'other') === kindOf(call);
}

function globOf(pattern: string): RegExp {
  const parts = pattern
    .split('*')
    .map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/gu, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 'isu');
}
