import type { PermissionQuestion } from './agent';
import type { ClaudeAsk } from './claude-messages';
import type { ToolCallPart } from './tool-calls';

/** Claude Code's tools in the words of the Agent Client Protocol. */
const kinds: Readonly<Record<string, string>> = {
  ...{ Read: 'read', NotebookRead: 'read', Grep: 'search', Glob: 'search', ToolSearch: 'search' },
  ...{ Edit: 'edit', MultiEdit: 'edit', Write: 'edit', NotebookEdit: 'edit' },
  ...{ Bash: 'execute', BashOutput: 'execute', KillShell: 'execute', Monitor: 'execute' },
  ...{ WebFetch: 'fetch', WebSearch: 'fetch', Task: 'think', Agent: 'think', Skill: 'think' },
  ...{ EnterPlanMode: 'switch_mode', ExitPlanMode: 'switch_mode' },
};

/** What of a tool's input names best what it is about. */
const telling = ['file_path', 'notebook_path', 'path', 'command', 'pattern', 'url', 'query'];
const tellingToo = ['description', 'prompt', 'skill'];
const longestTitle = 200;

/** The beginning of a tool call, as the Agent Client Protocol would tell it. */
export function claudeToolCall(toolCallId: string, name: string, input: unknown): ToolCallPart {
  const paths = textsIn(input, ['file_path', 'notebook_path', 'path']);
  return {
    toolCallId,
    name,
    title: titleOf(name, input),
    kind: kinds[name] ?? 'other',
    status: 'pending',
    locations: paths.slice(0, 1).map((path) => ({ path })),
    rawInput: input,
  };
}

/** What a permission request asks the person, with the options that we make of it. */
export function questionOf(ask: ClaudeAsk): PermissionQuestion {
  const always = rulesOf(ask).length > 0;
  return {
    toolName: ask.tool_name,
    summary: ask.title ?? titleOf(ask.tool_name, ask.input),
    toolCallId: ask.tool_use_id,
    call: {
      name: ask.tool_name,
      kind: kinds[ask.tool_name] ?? 'other',
      title: titleOf(ask.tool_name, ask.input),
      input: ask.input,
      locations: textsIn(ask.input, ['file_path', 'notebook_path', 'path']),
    },
    options: [
      { id: 'allow', name: 'Allow', kind: 'allow_once' },
      ...(always
        ? [{ id: 'allow-always', name: 'Allow for this run', kind: 'allow_always' as const }]
        : []),
      { id: 'reject', name: 'Reject', kind: 'reject_once' },
    ],
  };
}

/** The answer to a permission request: one of the options of its question. */
export function answerTo(ask: ClaudeAsk, optionId: string): Record<string, unknown> {
  if (optionId === 'reject') return { behavior: 'deny', message: 'The person rejected this.' };
  const allowed = { behavior: 'allow', updatedInput: ask.input };
  return optionId === 'allow-always' ? { ...allowed, updatedPermissions: rulesOf(ask) } : allowed;
}

/** For the session only: a rule must not be written into the files that the run changes. */
function rulesOf(ask: ClaudeAsk): Record<string, unknown>[] {
  if (ask.suppress_always_allow_rule === true) return [];
  return (ask.permission_suggestions ?? []).map((rule) => ({ ...rule, destination: 'session' }));
}

function titleOf(name: string, input: unknown): string {
  const [about] = [...textsIn(input, telling), ...textsIn(input, tellingToo)];
  if (about === undefined) return name;
  return `${name} ${about.replaceAll(/\s+/g, ' ').trim()}`.slice(0, longestTitle);
}

function textsIn(input: unknown, names: readonly string[]): string[] {
  if (typeof input !== 'object' || input === null) return [];
  const values = new Map<string, unknown>(Object.entries(input));
  return names.flatMap((name) => {
    const value = values.get(name);
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
}
