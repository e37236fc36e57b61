import type { PlanReading } from '../../model/plan';
import { editsOf, type PlanFormat, type PlanSource } from '../format';
import { problem } from '../problems';
import { readingOf } from '../reading';
import { baseName } from '../text';
import { readDocument } from '../json-document';
import { groupsOf } from './document';
import { readLog } from './log';
import { readJsonPlan } from './read';
import { kindOfSidecar, originalOf, sidecarsOf, withSidecars } from './sidecars';
import { writeStatus } from './write';

const planName = 'implementation_plan.json';
const logName = 'build-progress.txt';

/** Auto-Claude: `implementation_plan.json`, or a progress log where no plan is left. */
export const autoClaudeFormat: PlanFormat = {
  name: 'auto-claude',
  title: 'Auto-Claude',
  paths: [`**/${planName}`, `**/${logName}`],
  home(path) {
    const plan = `${path.slice(0, -baseName(path).length)}${planName}`;
    const original = originalOf(plan);
    return original === null ? [plan, path] : [original, plan, path];
  },
  parts: sidecarsOf,
  folderKind: 'spec-dir',
  detect,
  read: (source) => (isLog(source) ? readProgress(source) : readPlanFile(source)),
  write(source, change) {
    if (!isLog(source)) {
      const edits = writeStatus(source, change);
      return edits === null ? null : editsOf(source, edits);
    }
    // A log is a record; its placeholders have no status to change.
    const phases = readLog(source).plan?.phases ?? [];
    const known = phases.some(({ subtasks }) => subtasks.some(({ key }) => key === change.key));
    return known ? [] : null;
  },
};

function isLog({ path }: PlanSource): boolean {
  return /\.txt$/i.test(path);
}

function readProgress(source: PlanSource): PlanReading {
  const { plan, problems } = readLog(source);
  return readingOf(plan === null ? [] : [plan], problems, 'progress');
}

function readPlanFile(source: PlanSource): PlanReading {
  const isPlan = baseName(source.path) === planName;
  // Specs, scripts and other sidecars stand beside a plan and are none.
  if (!isPlan && (!/\.json$/i.test(source.path) || sidecars.has(baseName(source.path))))
    return readingOf([], [], kindOfSidecar(source.path));
  const { plan, problems } = readJsonPlan(source);
  if (plan !== null) {
    const whole = withSidecars(plan, source);
    return readingOf([whole.plan], [...problems, ...whole.problems]);
  }
  if (isPlan && problems.length === 0) {
    const message =
      'The file has none of phases, subtasks and chunks, so it is no plan. It is never written to.';
    const at = { line: 1, range: null };
    return readingOf([], [problem('warning', 'no-plan-body', at, message)]);
  }
  return readingOf([], problems, isPlan ? 'plan' : kindOfSidecar(source.path));
}

const sidecars: ReadonlySet<string> = new Set([
  'task_logs.json',
  'parallel_progress.json',
  'requirements.json',
  'context.json',
  'project_index.json',
  'task_metadata.json',
  'complexity_assessment.json',
  'review_state.json',
  'critique_report.json',
  'research.json',
  'attempt_history.json',
  'build_commits.json',
  'codebase_map.json',
]);

function detect({ path, text }: PlanSource): boolean {
  const name = baseName(path);
  if (name === planName || name === logName) return true;
  if (/(?:^|\/)\.auto-claude\/specs\/[^/]+\//.test(path)) return true;
  if (isLog({ path, text }))
    return /^\uFEFF?=== AUTO-BUILD PROGRESS ===\s*$/m.test(text.slice(0, 200));
  if (!/\.json$/i.test(path) || !/"(?:subtasks|chunks)"/.test(text)) return false;
  const { document } = readDocument(text);
  const groups = document === null ? null : groupsOf(document);
  return groups?.some(({ members }) => members.has('subtasks') || members.has('chunks')) ?? false;
}
