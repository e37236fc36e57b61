import type { Dependency, Phase, Plan, Problem, Subtask } from '../../model/plan';
import type { SourceFile } from '../format';
import { cycleProblems } from '../graph';
import { Keys } from '../keys';
import type { MarkdownLine } from '../markdown';
import { danglingDependency, duplicateId, problem } from '../problems';
import { byId, leafOf, linkBatches, phaseOf, planOf } from './build';
import { batchProblems } from './checks';
import {
  bulletText,
  fieldIn,
  openDocument,
  placeOf,
  sectionsOf,
  stateFacts,
  type Section,
} from './document';
import { placeGates, type ReadGate } from './gates';

// A schedule written by hand: `### BATCH 1: Name` with `- **T1.1** (parallel) - Title` below.

const batchTitle = /^BATCH\s+(\d{1,6})\s*:\s*(\S.*)$/i;
const taskBullet =
  /^(\s*[-*+]\s+\*\*T)(\d{1,4}\.\d{1,4})\*\*\s*(?:\(([^()]*)\))?\s*[-–—:]?\s*(.*?)\s*$/;

export function schedulePlan(file: SourceFile): { plan: Plan; problems: Problem[] } {
  const document = openDocument(file);
  const { lines } = document;
  const problems: Problem[] = [];
  const level = lines.find(({ heading }) => heading !== null && batchTitle.test(heading.title));
  const sections = sectionsOf(lines, level?.heading?.level ?? 3);
  const [phaseKeys, keys] = [new Keys(), new Keys()];
  const gates: ReadGate[] = [];
  const phases = sections.flatMap((section): Phase[] => {
    const [, number, name = ''] = batchTitle.exec(section.heading.title) ?? [];
    if (number === undefined) return [];
    const at = { line: section.line.number, range: section.heading.range };
    const { key, firstLine } = phaseKeys.take(number, at.line);
    if (firstLine !== null) problems.push(duplicateId(at, number, firstLine));
    gates.push(...gateOf(section, key, name));
    const subtasks = tasksOf(section.lines, keys, problems);
    const checkpoint = checkpointOf(section.lines);
    const parallelSafe = parallelIn(section.lines);
    return [phaseOf({ key, title: name, parallelSafe, checkpoint, subtasks, ...at })];
  });
  linkTasks(phases, problems);
  linkBatches(phases);
  problems.push(
    ...counts(lines, phases),
    ...gateCount(lines, gates),
    ...batchProblems(phases, false),
  );
  const plan = planOf({
    title: document.title === '' ? file.path : document.title,
    phases,
    declaredPhases: phases.length,
    gates: placeGates(gates, phases, new Map(), problems),
    facts: { ...stateFacts(document), parallel_safe: phases.map((phase) => phase.parallelSafe) },
    batches: true,
  });
  return { plan, problems: [...document.problems, ...problems, ...cycleProblems(plan)] };
}

function parallelIn(lines: readonly MarkdownLine[]): boolean | null {
  const status = fieldIn(lines, 'Status')?.value ?? '';
  if (/^parallel\b/i.test(status)) return true;
  return /^sequential\b/i.test(status) ? false : null;
}

function tasksOf(lines: readonly MarkdownLine[], keys: Keys, problems: Problem[]): Subtask[] {
  return lines.flatMap((line, at): Subtask[] => {
    const [, lead = '', id, remark = '', title = ''] =
      line.kind === 'text' ? (taskBullet.exec(line.text) ?? []) : [];
    if (id === undefined) return [];
    const { key, firstLine } = keys.take(id, line.number);
    if (firstLine !== null) problems.push(duplicateId(placeOf(line), id, firstLine));
    const below = linesBelow(lines, at);
    const start = line.start + lead.length;
    return [
      leafOf({
        ...{ key, id },
        title: title === '' ? `Task ${id}` : title,
        detail: [...(remark === '' ? [] : [remark]), ...below.map(({ text }) => text)].join('\n'),
        files: below.flatMap(writtenFile),
        dependsOn: afterIn(remark, line),
        line: line.number,
        range: { start: line.start, end: below.at(-1)?.end ?? line.end },
        idRange: { start, end: start + id.length },
      }),
    ];
  });
}

function isTask({ kind, text }: MarkdownLine): boolean {
  return kind === 'text' && taskBullet.test(text);
}

/** The lines that are indented deeper than the one at an index, as far as a task of their own. */
function linesBelow(lines: readonly MarkdownLine[], at: number): MarkdownLine[] {
  const indent = lines[at]?.indent ?? 0;
  const below: MarkdownLine[] = [];
  for (let next = at + 1; next < lines.length; next += 1) {
    const line = lines[next];
    if (line === undefined || (!line.blank && line.indent <= indent) || isTask(line)) break;
    below.push(line);
  }
  while (below.at(-1)?.blank === true) below.pop();
  return below;
}

/** `sequential after T2.1 & T2.2` */
function afterIn(remark: string, { start, end }: MarkdownLine): Dependency[] {
  const list = /\bafter\b(.*)$/i.exec(remark)?.[1] ?? '';
  const ids = [...list.matchAll(/\bT?(\d{1,4}\.\d{1,4})\b/g)].map(([, id = '']) => id);
  return [...new Set(ids)].map((id) => ({ id, kind: 'declared', range: { start, end } }));
}

function writtenFile({ text }: MarkdownLine): string[] {
  if (!/^\s*[-*+]\s+(?:Create|Modify|Extend|Update)\b/i.test(text)) return [];
  const path = /`\/?([^`\s]{1,300}\.\w{1,12})`/.exec(text)?.[1];
  return path === undefined ? [] : [path];
}

function checkpointOf(lines: readonly MarkdownLine[]): string | null {
  const section = sectionsOf(lines, 4).find(({ heading }) => /^checkpoint\b/i.test(heading.title));
  const bullets = (section?.lines ?? []).filter(({ text }) => /^\s*[-*+]\s/.test(text));
  return bullets.length === 0 ? null : bullets.map(bulletText).join('\n');
}

/** The gate of a batch that says YES, with what it asks for before a person approves. */
function gateOf({ lines, line, heading }: Section, batch: string, name: string): ReadGate[] {
  const said = fieldIn(lines, 'Human Gate');
  if (said === null || !/^yes\b/i.test(said.value)) return [];
  const criteria = sectionsOf(lines, 4).find(({ heading: { title } }) =>
    /gate criteria/i.test(title),
  );
  const own = criteria?.lines ?? [];
  const refusal = own.findIndex(({ text }) => /^\s*\*\*May Reject/i.test(text));
  const asked = own.slice(0, refusal < 0 ? own.length : refusal);
  return [
    {
      title: name,
      trigger: `After Batch ${batch}`,
      criteria: asked.filter(({ text }) => /^\s*[-*+]\s/.test(text)).map(bulletText),
      at: placeOf(line),
      range: heading.range,
    },
  ];
}

function linkTasks(phases: readonly Phase[], problems: Problem[]): void {
  const known = byId(phases);
  for (const { subtasks } of phases)
    for (const subtask of subtasks)
      for (const { id, range } of subtask.dependsOn)
        if (!known.has(id))
          problems.push(danglingDependency({ line: subtask.line, range }, subtask.id, id));
}

const said = /\b(\d{1,6})\s+(?:engineering\s+)?tasks\b/i;

/** The number of tasks that the text says, where it is another one. */
function counts(lines: readonly MarkdownLine[], phases: readonly Phase[]): Problem[] {
  const listed = phases.reduce((sum, { subtasks }) => sum + subtasks.length, 0);
  const line = lines.find(
    ({ kind, text, heading }) => kind === 'text' && heading === null && said.test(text),
  );
  const found = said.exec(line?.text ?? '');
  const stated = Number(found?.[1] ?? listed);
  if (line === undefined || found === null || stated === listed) return [];
  const message = `The text says ${stated} tasks; the batches list ${listed}. The list counts.`;
  const start = line.start + found.index;
  const at = { line: line.number, range: { start, end: start + (found[1] ?? '').length } };
  return [problem('warning', 'count-mismatch', at, message, String(listed))];
}

function gateCount(lines: readonly MarkdownLine[], gates: readonly ReadGate[]): Problem[] {
  const field = fieldIn(lines, 'Human Gates');
  const stated = /\d{1,6}/.exec(field?.value ?? '')?.[0];
  if (field === null || stated === undefined || Number(stated) === gates.length) return [];
  const message = `The text says ${stated} gates; the number of batches marked with one is ${gates.length}. Mark each batch that a person must approve.`;
  return [problem('warning', 'gate-count-mismatch', placeOf(field.line), message)];
}
