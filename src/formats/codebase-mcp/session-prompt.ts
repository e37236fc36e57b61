import {
  phaseDefaults,
  planDefaults,
  subtaskDefaults,
  type Phase,
  type Plan,
  type Problem,
  type Subtask,
} from '../../model/plan';
import type { PlanSource } from '../format';
import { readFrontMatter, type FrontMatter } from '../front-matter';
import { Keys } from '../keys';
import { boxOf, markdownLines, type Box, type MarkdownLine } from '../markdown';
import { problem, unknownMarker } from '../problems';
import { linkPhases } from '../spec-kit/implied';
import { baseName, rangeOf } from '../text';
import { isTick, usualTick } from '../ticks';
import { readPromptFields, type PromptFields } from './prompt-fields';

// A session prompt: front matter, and boxes below `## Phase N` headings.

/** A prompt as the importer takes it: one work item of the type session with its steps. */
export interface SessionPrompt {
  title: string;
  fields: PromptFields;
  /** What the front matter says that has no field of its own is in here too, as YAML has it. */
  metadata: Record<string, unknown>;
  steps: { id: string; title: string; done: boolean }[];
  /** Research items that the prompt asks for. */
  research: readonly string[];
}

export interface PromptReading {
  prompt: SessionPrompt;
  /** `null`: no phase is named anywhere. */
  plan: Plan | null;
  boxes: ReadonlyMap<string, Box>;
  tick: 'x' | 'X';
  problems: Problem[];
}

const threeSteps = ['initial_research', 'planning_review', 'architecture_review', 'revised_plan'];

export function readSessionPrompt({ path, text }: PlanSource): PromptReading {
  const lines = markdownLines(text);
  const front = readFrontMatter(text);
  const { fields, problems } = readPromptFields(front);
  const boxes = new Map<string, Box>();
  const phases = readPhases(bodyOf(lines, front), boxes, problems);
  problems.push(...phaseList(fields, phases, front));
  if (phases.length === 0) phases.push(...promised(fields, front));
  linkPhases(phases, false);
  const heading = lines.find((line) => line.heading?.level === 1)?.heading?.title;
  const title = fields.title ?? heading ?? baseName(path);
  const plan: Plan = {
    ...planDefaults,
    format: 'codebase-mcp',
    title,
    phases,
    declaredPhases: phases.length,
  };
  const steps = phases.flatMap((phase) => phase.subtasks);
  const research = fields.requires_three_step_research === true ? threeSteps : [];
  const prompt: SessionPrompt = {
    title,
    fields,
    metadata: Object.fromEntries([...front.values].map(([key, { value }]) => [key, value])),
    steps: steps.map(({ id, title: step, status }) => ({
      id,
      title: step,
      done: status === 'claimed',
    })),
    research,
  };
  const tick = usualTick([...boxes.values()].map(({ mark }) => mark));
  return { prompt, plan: phases.length === 0 ? null : plan, boxes, tick, problems };
}

/** The lines behind the front matter; all lines where it is never closed. */
function bodyOf(lines: readonly MarkdownLine[], { state }: FrontMatter): readonly MarkdownLine[] {
  if (state !== 'closed') return lines;
  const close = lines.findIndex(({ text }, index) => index > 0 && /^---[ \t]*$/.test(text));
  return lines.slice(close + 1);
}

function readPhases(
  lines: readonly MarkdownLine[],
  boxes: Map<string, Box>,
  problems: Problem[],
): Phase[] {
  const [phaseKeys, keys] = [new Keys(), new Keys()];
  const phases: Phase[] = [];
  let phase: Phase | null = null;
  for (const line of lines) {
    const { heading } = line;
    if (heading !== null && heading.level <= 2) {
      const [, number = '', name = ''] = phaseTitle.exec(heading.title) ?? [];
      phase = null;
      if (heading.level !== 2 || number === '') continue;
      const { key } = phaseKeys.take(number, line.number);
      phase = phaseAt(key, name === '' ? heading.title : name, line);
      phase.range = heading.range;
      phases.push(phase);
    }
    const box = phase === null ? null : boxOf(line);
    if (phase === null || box === null) continue;
    const { key } = keys.take(`${phase.key}.${phase.subtasks.length + 1}`, line.number);
    phase.subtasks.push(stepOf(key, box, line, problems));
    boxes.set(key, box);
  }
  return phases;
}

const phaseTitle = /^Phase\s+(\d{1,6})\b\s*[:.–—-]*\s*(.*)$/i;

function phaseAt(key: string, title: string, line: MarkdownLine): Phase {
  return {
    ...phaseDefaults,
    key,
    id: key,
    title,
    dependsOn: [],
    subtasks: [],
    line: line.number,
    range: rangeOf(line),
  };
}

function stepOf(key: string, box: Box, line: MarkdownLine, problems: Problem[]): Subtask {
  const known = box.mark === ' ' || isTick(box.mark);
  if (!known)
    problems.push(
      unknownMarker({ line: line.number, range: box.markRange }, box.mark, '[ ] [x] [X]'),
    );
  return {
    ...subtaskDefaults,
    key,
    keyOrigin: 'position',
    id: key,
    title: box.text === '' ? key : box.text,
    status: box.mark === ' ' ? 'pending' : known ? 'claimed' : 'needs_attention',
    fileStatus: box.mark,
    dependsOn: [],
    files: [],
    labels: [],
    verification: [],
    checks: [],
    line: line.number,
    range: rangeOf(line),
  };
}

/** Phases that the front matter promises and the text does not have. */
function phaseList(
  { workflow_phases: names = [] }: PromptFields,
  phases: readonly Phase[],
  front: FrontMatter,
): Problem[] {
  const place = front.values.get('workflow_phases');
  if (place === undefined || phases.length === 0) return [];
  const titles = new Set(phases.map(({ title }) => title.trim().toLowerCase()));
  const missing = names.filter((name) => !titles.has(name.trim().toLowerCase()));
  if (missing.length === 0) return [];
  const message = `workflow_phases names ${missing.slice(0, 10).join(', ')}, for which the text has no phase.`;
  return [problem('info', 'phase-list-mismatch', place, message)];
}

function promised({ workflow_phases: names = [] }: PromptFields, front: FrontMatter): Phase[] {
  const { line = 1, range = { start: 0, end: 0 } } = front.values.get('workflow_phases') ?? {};
  return names.map((title, position) => ({
    ...phaseDefaults,
    key: String(position + 1),
    id: String(position + 1),
    title,
    dependsOn: [],
    subtasks: [],
    line,
    range,
  }));
}
