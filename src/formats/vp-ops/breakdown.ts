import type { Dependency, Phase, Plan, Problem, Subtask } from '../../model/plan';
import type { SourceFile } from '../format';
import { cycleProblems } from '../graph';
import { Keys } from '../keys';
import type { MarkdownLine } from '../markdown';
import { danglingDependency, duplicateId, problem, selfDependency } from '../problems';
import { byId, leafOf, phaseOf, planOf } from './build';
import { bulletsBelow, openDocument, stateFacts, valueOf } from './document';

// A breakdown written by hand: `### PHASE 1: NAME (3 tasks)` with `### T1.1 - Title` below.

interface Reading {
  phases: Phase[];
  stated: Map<Phase, number>;
  problems: Problem[];
}

const phaseTitle =
  /^PHASE\s+(\d{1,6})\s*[:–—-]\s*(.*?)(?:\s*\((\d{1,6})\s+tasks?(?:[,;][^()]*)?\))?$/i;
const taskTitle = /^(?:\*\*)?T(\d{1,4}\.\d{1,4})(?:\*\*)?\s*[-–—:]\s*(\S.*)$/;

export function breakdownPlan(file: SourceFile): { plan: Plan; problems: Problem[] } {
  const document = openDocument(file);
  const { phases: headed, stated, problems } = readHeadings(document.lines, document.title);
  // Overviews have headings of the phases, too.
  const phases = headed.filter((phase) => phase.subtasks.length > 0 || stated.has(phase));
  takeKeys(phases, problems);
  for (const [phase, count] of stated) {
    const { length } = phase.subtasks;
    if (count === length) continue;
    const message = `The heading says ${count} tasks; the phase has ${length}. The tasks count.`;
    // The number stands in brackets at the end of the heading.
    const { start, end } = phase.range;
    const at = file.text.lastIndexOf('(', end) + 1;
    const range = { start: at, end: at + String(count).length };
    const isThere = at > start && file.text.slice(range.start, range.end) === String(count);
    const place = isThere ? { ...phase, range } : phase;
    const expected = isThere ? String(length) : undefined;
    problems.push(problem('warning', 'count-mismatch', place, message, expected));
  }
  linkTasks(phases, problems);
  const plan = planOf({
    title: document.title === '' ? file.path : document.title,
    phases,
    declaredPhases: phases.filter(({ id }) => id !== null).length,
    facts: stateFacts(document),
  });
  return { plan, problems: [...document.problems, ...problems, ...cycleProblems(plan)] };
}

/** Keys of phases, once it is known which there are. */
function takeKeys(phases: readonly Phase[], problems: Problem[]): void {
  const keys = new Keys();
  for (const phase of phases) {
    if (phase.id === null) continue;
    const { key, firstLine } = keys.take(phase.id, phase.line);
    if (firstLine !== null) problems.push(duplicateId(phase, phase.id, firstLine));
    phase.key = key;
    phase.id = key;
  }
}

function readHeadings(lines: readonly MarkdownLine[], title: string): Reading {
  const reading: Reading = { phases: [], stated: new Map(), problems: [] };
  const keys = new Keys();
  const ids = lines.flatMap(({ heading }) => taskTitle.exec(heading?.title ?? '')?.[1] ?? []);
  const known = new Set(ids);
  let phase: Phase | null = null;
  lines.forEach((line, at) => {
    const { heading } = line;
    if (heading === null || heading.level === 1) return;
    const place = { line: line.number, range: heading.range };
    const [, number, name = '', count] = phaseTitle.exec(heading.title) ?? [];
    const [, id, task = ''] = taskTitle.exec(heading.title) ?? [];
    if (number !== undefined) {
      phase = phaseOf({ key: number, title: name === '' ? heading.title : name, ...place });
      reading.phases.push(phase);
      if (count !== undefined) reading.stated.set(phase, Number(count));
    } else if (id !== undefined) {
      if (phase === null) {
        phase = phaseOf({ key: 'none', id: null, title, ...place });
        reading.phases.push(phase);
      }
      const { key, firstLine } = keys.take(id, line.number);
      if (firstLine !== null) reading.problems.push(duplicateId(place, id, firstLine));
      phase.subtasks.push(taskOf(key, id, task, line, sectionBelow(lines, at), known));
    }
  });
  return reading;
}

/** Up to the next heading of the same level or above. */
function sectionBelow(lines: readonly MarkdownLine[], at: number): MarkdownLine[] {
  const level = lines[at]?.heading?.level ?? 6;
  const below: MarkdownLine[] = [];
  for (let next = at + 1; next < lines.length; next += 1) {
    const line = lines[next];
    if (line === undefined || (line.heading !== null && line.heading.level <= level)) break;
    if (line.heading !== null && taskTitle.test(line.heading.title)) break;
    below.push(line);
  }
  while (/^\s*(?:-{3,})?\s*$/.test(below.at(-1)?.text ?? 'x')) below.pop();
  return below;
}

function taskOf(
  key: string,
  id: string,
  title: string,
  line: MarkdownLine,
  below: MarkdownLine[],
  known: ReadonlySet<string>,
): Subtask {
  const idStart =
    (line.heading?.range.start ?? line.start) + (line.heading?.title.indexOf(id) ?? 0);
  return leafOf({
    ...{ key, id, title },
    detail: below.map(({ text }) => text).join('\n'),
    files: fieldLines(below, /^Files\b/i).flatMap(writtenFile),
    dependsOn: dependenciesIn(below, known),
    line: line.number,
    range: { start: line.start, end: below.at(-1)?.end ?? line.end },
    idRange: { start: idStart, end: idStart + id.length },
  });
}

/** The line of a field and the bullets below it. */
function fieldLines(lines: readonly MarkdownLine[], name: RegExp): MarkdownLine[] {
  const at = lines.findIndex(({ text }) => {
    const label = /^\s*(?:[-*+]\s+)?\*\*([^*]{1,60}?):?\*\*/.exec(text)?.[1];
    return label !== undefined && name.test(label);
  });
  const field = lines[at];
  if (field === undefined) return [];
  const below = bulletsBelow(lines, field);
  const nested = /^\s*[-*+]\s/.test(field.text);
  const end = below.findIndex(
    ({ indent, text }) =>
      (nested && indent <= field.indent) || /^\s*(?:[-*+]\s+)?\*\*[^*]+:\*\*/.test(text),
  );
  return [field, ...below.slice(0, end < 0 ? below.length : end)];
}

/** Of the files of a task, those that it creates or changes. */
function writtenFile({ text }: MarkdownLine): string[] {
  if (!/\b(?:CREATE|MODIFY|MODIFIED|EXTEND|NEW)\b/i.test(text) || /\bREF\b|\bExisting\b/.test(text))
    return [];
  return [...text.matchAll(/`([^`\n]{1,300})`/g)].flatMap(([, path]) =>
    path === undefined || /\s/.test(path) ? [] : [path.replace(/^\//, '')],
  );
}

const taskId = /(?<![\w.])(T?)(\d{1,4}\.\d{1,4})(?![\w.]*\d)/g;

/** Ids on the line or in bullets below it; `None (…)` is none, and remarks do not count. */
function dependenciesIn(below: readonly MarkdownLine[], known: ReadonlySet<string>): Dependency[] {
  const found: Dependency[] = [];
  for (const [index, line] of fieldLines(below, /^Dependenc(?:y|ies)$/i).entries()) {
    const value =
      index === 0
        ? (valueOf(line.text, 'Dependencies') ?? valueOf(line.text, 'Dependency') ?? '')
        : line.text;
    const bare = value.replace(/\([^()]*\)/g, ' ').replace(/^\s*[-*+]\s+/, '');
    if (/^\s*[*_`]*(?:none|n\/a)\b/i.test(bare)) continue;
    for (const [, sign, id = ''] of bare.matchAll(taskId))
      // Versions are such numbers, too.
      if ((sign !== '' || known.has(id)) && !found.some((one) => one.id === id))
        found.push({ id, kind: 'declared', range: { start: line.start, end: line.end } });
  }
  return found;
}

function linkTasks(phases: readonly Phase[], problems: Problem[]): void {
  const known = byId(phases);
  for (const { subtasks } of phases)
    for (const { id, line, idRange, dependsOn } of subtasks)
      for (const dependency of dependsOn) {
        const at = { line, range: dependency.range ?? idRange };
        if (dependency.id === id) problems.push(selfDependency(at, id));
        else if (!known.has(dependency.id))
          problems.push(danglingDependency(at, id, dependency.id));
      }
}
