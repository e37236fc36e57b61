import { displayCommand, type ConfigOf, type Validator } from '../model/validator';
import type { NextRun } from '../model/next-run';
import type { Phase, Plan, Subtask } from '../model/plan';

/** What an agent is told about a subtask that its own depends on. */
export interface DependencyResult {
  id: string;
  title: string;
  status: string;
}

export interface PromptSource {
  plan: Plan;
  planPath: string;
  phase: Phase | null;
  subtask: Subtask;
  checks: readonly Validator[];
  dependencies: readonly DependencyResult[];
  /** What a spec asks beside the subtask; `null`: the subtask says it all. */
  objective: string | null;
  /** What else a spec tells, as JSON; `null`: nothing. */
  context: string | null;
  /** What its policy says of its tools; `null`: nothing. */
  tools: string | null;
  /** What an earlier attempt has not done yet, or why it was rejected. */
  guidance: string | null;
}

function checkLine(check: Validator): string {
  switch (check.type) {
    case 'test_pass':
      return `- \`${displayCommand(check.config.command)}\` exits with ${check.config.expected_exit_code}`;
    case 'file_exists':
      return `- \`${check.config.path}\` ${check.config.should_exist ? 'exists' : 'does not exist'}`;
    case 'forbidden_patterns':
      return `- ${scopes[check.config.scope]} none of: ${check.config.patterns.map((pattern) => `/${pattern}/`).join(', ')}`;
    case 'lint_clean': {
      const { command, expected_exit_code: code, error_pattern: pattern } = check.config;
      const quiet = pattern === undefined ? '' : ` and prints no line that matches /${pattern}/`;
      return `- \`${displayCommand(command)}\` exits with ${code}${quiet}`;
    }
    case 'test_enforcement':
      return `- ${enforcement(check.config)}`;
    case 'diff':
      return check.config.only_declared_files
        ? '- only the files listed above are changed'
        : '- something is changed';
    case 'http': {
      const { url, status, body_pattern: pattern } = check.config;
      const body = pattern === undefined ? '' : ` with a body that matches /${pattern}/`;
      return `- ${url} answers ${status}${body}`;
    }
    case 'agent_review':
      return `- another agent reviews the work: ${check.config.criteria.join('; ')}`;
    case 'manual':
      return `- a person confirms: ${check.config.instruction}`;
  }
}

const scopes = {
  diff: 'the lines you add contain',
  files: 'the files contain',
  events: 'what you say and your tools print contains',
} as const;

function enforcement(config: ConfigOf<'test_enforcement'>): string {
  const { test_file_pattern: files, min_tests: least, require_passed: pass } = config;
  if (!config.require_ran) return `at least ${least} test files ${files} exist`;
  const what = pass ? 'pass' : 'run';
  return `test files ${files} exist, and of their tests at least ${least} ${what} with \`${displayCommand(config.command)}\``;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, ...lines];
}

/** The prompt of one run: the subtask, its place in the plan, and what will be checked. */
export function buildPrompt(source: PromptSource): string {
  const { plan, planPath, phase, subtask, checks, dependencies } = source;
  const { objective, context, tools, guidance } = source;
  const place = phase === null || phase.id === null ? '' : `, phase "${phase.title}"`;
  return [
    `# ${subtask.id}: ${subtask.title}`,
    '',
    `You carry out one subtask of the plan "${plan.title}" (${planPath}${place}).`,
    'Work only in the current directory, a git worktree of your own. Do this subtask and nothing else.',
    `Do not commit, and do not edit ${planPath}: both are done for you.`,
    ...section('Objective', objective === null ? [] : [objective]),
    ...section('Context', context === null ? [] : ['```json', context, '```']),
    ...section('Tools', tools === null ? [] : [tools]),
    ...section('Details', subtask.detail === '' ? [] : [subtask.detail]),
    ...section(
      'Files',
      subtask.files.map((file) => `- ${file}`),
    ),
    ...section(
      'Done before',
      dependencies.map(({ id, title, status }) => `- ${id}: ${title} (${status})`),
    ),
    ...section(
      'Verification as the plan words it',
      subtask.verification.map((text) => `- ${text}`),
    ),
    ...section('Checks that will be run when you are finished', checks.map(checkLine)),
    ...section(
      'What an earlier attempt left undone',
      guidance === null
        ? []
        : ['Its work is in the current directory. Go on from there.', '', guidance],
    ),
    '',
  ].join('\n');
}

const openings: Readonly<Record<NextRun['because'], string>> = {
  retry: 'Your work was checked, and does not pass yet. Put it right in the same directory.',
  fallback: 'The work in this directory was checked, and does not pass yet. Put it right.',
  route: 'A person has looked at your work and sends it back. Change it in the same directory.',
  resume: 'You were interrupted. Look at what is there, and finish the task.',
};

const conflictOpening =
  "Your work passed its checks, but conflicts with what was merged into the plan's branch meanwhile. The branch is being merged into this directory: resolve the conflicts.";

/** What is said where an earlier conversation goes on: the agent knows its task already. */
export function followUpPrompt({ because, guidance, resolvesConflict }: NextRun): string {
  const isConflict = because === 'resume' && resolvesConflict === true;
  const opening = isConflict ? conflictOpening : openings[because];
  const parts = [opening, ...(guidance === null ? [] : ['', guidance]), ''];
  return parts.join('\n');
}

/** The same as JSON, for agents that are programs. */
export function subtaskJson(source: PromptSource): string {
  const { plan, planPath, phase, subtask, checks, dependencies } = source;
  return JSON.stringify(
    {
      plan: { title: plan.title, path: planPath, format: plan.format },
      phase: phase === null ? null : { id: phase.id, title: phase.title },
      subtask: {
        id: subtask.id,
        key: subtask.key,
        title: subtask.title,
        detail: subtask.detail,
        files: subtask.files,
        labels: subtask.labels,
        verification: subtask.verification,
      },
      checks,
      dependencies,
    },
    null,
    2,
  );
}
