import { displayCommand, type Validator } from '../model/validator';
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
}

function checkLine(check: Validator): string {
  switch (check.type) {
    case 'test_pass':
      return `- \`${displayCommand(check.config.command)}\` exits with ${check.config.expected_exit_code}`;
    case 'file_exists':
      return `- \`${check.config.path}\` ${check.config.should_exist ? 'exists' : 'does not exist'}`;
    case 'forbidden_patterns':
      return `- the ${check.config.scope} contains none of: ${check.config.patterns.map((pattern) => `/${pattern}/`).join(', ')}`;
  }
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, ...lines];
}

/** The prompt of one run: the subtask, its place in the plan, and what will be checked. */
export function buildPrompt(source: PromptSource): string {
  const { plan, planPath, phase, subtask, checks, dependencies } = source;
  const place = phase === null || phase.id === null ? '' : `, phase "${phase.title}"`;
  return [
    `# ${subtask.id}: ${subtask.title}`,
    '',
    `You carry out one subtask of the plan "${plan.title}" (${planPath}${place}).`,
    'Work only in the current directory, a git worktree of your own. Do this subtask and nothing else.',
    `Do not commit, and do not edit ${planPath}: both are done for you.`,
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
    '',
  ].join('\n');
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
