import { planDefaults, type Plan, type Problem, type Subtask } from '../../model/plan';
import type { PlanSource } from '../format';
import { cycleProblems, distinct } from '../graph';
import { Keys } from '../keys';
import { markdownLines, type MarkdownLine } from '../markdown';
import { danglingDependency, noTasks, selfDependency } from '../problems';
import { baseName, LineIndex } from '../text';
import { readGates, type GatePlace } from './gates';
import { linkPhases, newPhase, type ReadPhase } from './phases';
import { scanSections, type Section } from './scan';
import { readFrontMatter } from './settings';
import { readSubtask, type ReadSubtask } from './subtask';

/** A plan with what the format needs to write into it. */
export interface RunsheetReading {
  plan: Plan;
  subtasks: ReadSubtask[];
  problems: Problem[];
}

export function readRunsheet(source: PlanSource): RunsheetReading {
  const lines = markdownLines(source.text);
  const front = readFrontMatter(source.text, lines);
  const problems = [...front.problems];
  const fileName = baseName(source.path).replace(/(\.plan)?\.md$/i, '');
  const title = front.title ?? titleOf(lines) ?? fileName;
  const places: GatePlace[] = [];
  const phases = readPhases(lines, title, places, problems);
  linkSubtasks(phases, new LineIndex(source.text), problems);
  linkPhases(phases, problems);
  const subtasks = phases.flatMap((phase) => phase.subtasks);
  if (subtasks.length === 0)
    problems.push(
      noTasks('The plan has no subtasks. A subtask is a line such as `- [ ] T01 Title`.'),
    );
  const plan: Plan = {
    ...planDefaults,
    format: 'runsheet',
    title,
    phases: phases.map(({ phase }) => phase),
    gates: readGates(places, phases, problems),
    settings: front.settings,
    declaredPhases: phases.filter(({ section }) => section.heading !== null).length,
  };
  return { plan, subtasks, problems: problems.concat(cycleProblems(plan)) };
}

function readPhases(
  lines: readonly MarkdownLine[],
  planTitle: string,
  places: GatePlace[],
  problems: Problem[],
): ReadPhase[] {
  const sections = scanSections(lines).filter(isPhase);
  const hasPhases = sections.some(({ heading }) => heading !== null);
  const [subtaskKeys, phaseKeys] = [new Keys(), new Keys()];
  return sections.map((section) => {
    const phase = newPhase(section, { title: planTitle, hasPhases }, phaseKeys, problems);
    const read: ReadPhase = { section, phase, subtasks: [] };
    for (const item of section.items) {
      const subtask = readSubtask(item, subtaskKeys, problems);
      if (subtask === null) places.push({ item, phase: read, before: read.subtasks.length });
      else read.subtasks.push(subtask);
    }
    phase.subtasks = read.subtasks.map(({ subtask }) => subtask);
    return read;
  });
}

/** Headings over prose alone are no phases. */
function isPhase({ heading, items, depends }: Section): boolean {
  return items.length > 0 || (heading !== null && depends !== null);
}

function titleOf(lines: readonly MarkdownLine[]): string | null {
  return lines.find(({ heading }) => heading?.level === 1)?.heading?.title ?? null;
}

/** Turns the ids and titles in `depends:` into keys; reports what is not there. */
function linkSubtasks(phases: readonly ReadPhase[], lines: LineIndex, problems: Problem[]): void {
  const subtasks = phases.flatMap(({ phase }) => phase.subtasks);
  const waiting = subtasks.filter(({ dependsOn }) => dependsOn.length > 0);
  const names = waiting.length === 0 ? new Map<string, string>() : namesOf(subtasks);
  for (const subtask of waiting) {
    for (const dependency of subtask.dependsOn) {
      const { range } = dependency;
      const at = { line: range === null ? subtask.line : lines.lineAt(range.start), range };
      const key = names.get(dependency.id) ?? names.get(dependency.id.toLowerCase());
      if (key === undefined) problems.push(danglingDependency(at, subtask.id, dependency.id));
      else dependency.id = key;
      if (key === subtask.key) problems.push(selfDependency(at, subtask.id));
    }
    subtask.dependsOn = distinct(subtask.dependsOn);
  }
}

/** Keys by themselves, and by titles in small letters where no other name says the same. */
function namesOf(subtasks: readonly Subtask[]): Map<string, string> {
  const names = new Map(subtasks.map(({ key }) => [key, key]));
  for (const { key, title } of subtasks) {
    const name = title.toLowerCase();
    if (!names.has(name)) names.set(name, key);
  }
  return names;
}
