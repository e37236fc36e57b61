import {
  phaseDefaults,
  planDefaults,
  subtaskDefaults,
  type Dependency,
  type Phase,
  type Plan,
  type Problem,
  type Subtask,
} from '../../model/plan';
import type { PlanSource } from '../format';
import { cycleProblems } from '../graph';
import { Keys } from '../keys';
import { danglingDependency, duplicateId, problem, selfDependency, type Place } from '../problems';
import { linesOf, rangeOf, type Line } from '../text';
import { readDependencyLine, readPhaseHeading, readPhaseLine, type LogPhase } from './log-line';
import { withLoggedStatuses } from './progress';

// `build-progress.txt`: a narrative log whose phase list gives a skeleton when no plan is there.

// Rows are made of what is only counted: slips of the pen must not make a million of them.
const mostPhases = 200;
const mostSubtasks = 1000;

const summaryHeading = /^\s*(?:phase summary:|=+\s*phase summary\s*=+)\s*$/i;
const listEnd = /^\s*=+.*=+\s*$|^#{1,6}\s|^[A-Z][^\n]*:\s*$/;

export function readLog(source: PlanSource): { plan: Plan | null; problems: Problem[] } {
  const lines = linesOf(source.text);
  const list = phaseList(lines);
  const entries = list.slice(0, mostPhases);
  if (entries.length === 0) return { plan: null, problems: [] };
  const problems: Problem[] = [];
  const keys = new Keys();
  const numbers = new Set(entries.map(({ phase }) => phase.number));
  let left = mostSubtasks;
  const phases = entries.map(({ phase: written, line }) => {
    const at = placeOf(line);
    const phase = { ...written, subtasks: Math.min(written.subtasks, left) };
    left -= phase.subtasks;
    const { key, firstLine } = keys.take(`phase-${phase.number}`, line.number);
    if (firstLine !== null) problems.push(duplicateId(at, `phase-${phase.number}`, firstLine));
    return phaseOf(phase, key, at, numbers, problems);
  });
  const cut = entries.find(({ phase }, at) => phase.subtasks !== phases[at]?.subtasks.length);
  const beyond = cut ?? list[mostPhases];
  if (beyond !== undefined) problems.push(tooMany(placeOf(beyond.line)));
  const plan: Plan = {
    ...planDefaults,
    format: 'auto-claude',
    title: titleOf(lines) ?? source.path.split('/').at(-2) ?? source.path,
    statusNote:
      'A progress log counts subtasks and does not name them: these are placeholders, and their statuses are kept in the database. An implementation_plan.json beside it takes their place.',
    phases,
    declaredPhases: phases.length,
  };
  const told = withLoggedStatuses(plan, source.text);
  return { plan: told, problems: problems.concat(claims(lines, phases), cycleProblems(plan)) };
}

function tooMany(at: Place): Problem {
  const message = `A progress log is read as far as its first ${mostPhases} phases and ${mostSubtasks} subtasks. Correct the count here, or write an implementation_plan.json.`;
  return problem('warning', 'too-many-subtasks', at, message);
}

function placeOf(line: Line): Place {
  return { line: line.number, range: rangeOf(line) };
}

interface Entry {
  phase: LogPhase;
  line: Line;
}

function phaseList(lines: readonly Line[]): Entry[] {
  const start = lines.findIndex(({ text }) => summaryHeading.test(text));
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex(({ text }) => listEnd.test(text) && readPhaseHeading(text) === null);
  const list = rest.slice(0, end < 0 ? rest.length : end);
  const entries = list.flatMap((line): Entry[] => {
    const phase = readPhaseLine(line.text);
    return phase === null ? [] : [{ phase, line }];
  });
  return entries.length > 0 ? entries : phaseHeadings(list);
}

/** The phases of a log that has a heading for each, with what they wait for on a line below. */
function phaseHeadings(list: readonly Line[]): Entry[] {
  const entries: Entry[] = [];
  for (const line of list) {
    const heading = readPhaseHeading(line.text);
    if (heading !== null) entries.push({ phase: heading, line });
    const last = entries.at(-1);
    const waits = last === undefined ? null : readDependencyLine(line.text, last.phase.number);
    if (last !== undefined && waits !== null) last.phase.dependsOn = waits;
  }
  return entries;
}

function phaseOf(
  { number, name, subtasks, dependsOn }: LogPhase,
  key: string,
  at: Place,
  numbers: ReadonlySet<number>,
  problems: Problem[],
): Phase {
  const range = at.range ?? { start: 0, end: 0 };
  for (const before of dependsOn) {
    if (before === number) problems.push(selfDependency(at, key));
    else if (!numbers.has(before)) problems.push(danglingDependency(at, key, `phase-${before}`));
  }
  return {
    ...phaseDefaults,
    key,
    id: key,
    title: name,
    dependsOn: dependsOn.map((before): Dependency => ({
      id: `phase-${before}`,
      kind: 'declared',
      range,
    })),
    subtasks: placeholders(key.replace(/^phase/, 'subtask'), name, subtasks, { ...at, range }),
    line: at.line,
    range,
  };
}

/** The log counts the subtasks but does not say what they are. */
function placeholders(
  prefix: string,
  name: string,
  count: number,
  at: { line: number; range: { start: number; end: number } },
): Subtask[] {
  return Array.from({ length: count }, (_, index): Subtask => {
    const id = `${prefix}-${index + 1}`;
    const before = `${prefix}-${index}`;
    return {
      ...subtaskDefaults,
      key: id,
      keyOrigin: 'position',
      id,
      title: `${name} (${index + 1} of ${count})`,
      dependsOn: index === 0 ? [] : [{ id: before, kind: 'implied', range: null }],
      files: [],
      labels: ['generated'],
      verification: [],
      checks: [],
      line: at.line,
      range: at.range,
    };
  });
}

function titleOf(lines: readonly Line[]): string | null {
  const found = lines.find(({ text }) => /^(?:Project|Feature|Spec|Task):\s*\S/.test(text));
  return found?.text.replace(/^\w+:\s*/, '').trim() ?? null;
}

function claims(lines: readonly Line[], phases: readonly Phase[]): Problem[] {
  const subtasks = phases.reduce((sum, phase) => sum + phase.subtasks.length, 0);
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const line of lines) {
    const at = placeOf(line);
    const [, what = '', claimed = ''] =
      /^\s*[-*]\s+(phases|total (?:subtasks|chunks)):\s*(\d+)\b/i.exec(line.text) ?? [];
    const count = /phases/i.test(what) ? phases.length : subtasks;
    if (what !== '' && !seen.has(what.toLowerCase()) && Number(claimed) !== count)
      problems.push(
        problem(
          'info',
          'summary-mismatch',
          at,
          `The log says ${claimed}; its phase list has ${count}.`,
        ),
      );
    if (what !== '') seen.add(what.toLowerCase());
    if (/run\.py.*--parallel/.test(line.text) && !seen.has('command')) {
      seen.add('command');
      const message =
        'The option --parallel no longer exists in that tool; the command is only shown.';
      problems.push(problem('info', 'dead-startup-command', at, message));
    }
  }
  return problems;
}
