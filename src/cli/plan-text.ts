import { noPlanWords } from '../formats/no-plan';
import type { Problem } from '../model/plan';
import type { PlanJson } from './plan-json';

// A plan for people in a terminal.

/** A heading with counts, a line for each phase and subtask, and the problems. */
export function planText(plan: PlanJson): string {
  const { done, subtasks, leftOut } = plan.counts;
  const aside = leftOut === 0 ? '' : ` · ${leftOut} left out`;
  const head =
    plan.title === null
      ? headOfNone(plan)
      : `${plan.title}  (${plan.path}, ${plan.format ?? ''})  ${done}/${subtasks - leftOut} claimed${aside}`;
  const ids = plan.phases.flatMap((phase) => phase.subtasks.map(({ id }) => id.length));
  const width = ids.reduce((longest, length) => Math.max(longest, length), 0);
  const phases = plan.phases.flatMap((phase) => phaseLines(phase, Math.min(width, 24)));
  const gates = plan.gates.map(({ id, title, line }) => `  gate  ${id}  ${title}  (line ${line})`);
  const problems = plan.problems.map((found) => `  ${problemText(found.file ?? plan.path, found)}`);
  return [head, ...phases, ...gates, ...problems].join('\n');
}

/** A file that holds no plan: what it is, unless its problems tell. */
function headOfNone({ path, kind, format, facts, problems }: PlanJson): string {
  const words = noPlanWords({ kind, facts, problems, plans: [] });
  if (words === null || format === null) return path;
  const { what, says } = words;
  return `${path}  (${what}, ${format})  no plan in it${says === '' ? '' : `: ${says}`}`;
}

/** `path:line: severity rule message`. */
export function problemText(
  path: string,
  {
    line,
    severity,
    rule,
    message,
  }: Pick<Problem, 'line' | 'rule' | 'message'> & { severity: string },
): string {
  return `${path}:${line}: ${severity} ${rule} ${message}`;
}

type PhaseJson = PlanJson['phases'][number];
type SubtaskJson = PhaseJson['subtasks'][number];

const statusWidth = 'needs_attention'.length;

function phaseLines({ id, title, subtasks, dependsOn }: PhaseJson, width: number): string[] {
  const after =
    dependsOn.length === 0 ? '' : `  ← ${dependsOn.map((other) => other.id).join(', ')}`;
  const head = id === null ? [] : [`  ${title}${after}`];
  return [...head, ...subtasks.map((subtask) => subtaskLine(subtask, width))];
}

function subtaskLine({ id, title, status, dependsOn }: SubtaskJson, width: number): string {
  const declared = dependsOn.filter(({ kind }) => kind === 'declared').map((other) => other.id);
  const after = declared.length === 0 ? '' : `  ← ${declared.join(', ')}`;
  return `    ${status.padEnd(statusWidth)}  ${id.padEnd(width)}  ${title}${after}`;
}
