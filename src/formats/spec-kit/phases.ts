import { phaseDefaults, type Phase } from '../../model/plan';
import { Keys } from '../keys';
import type { MarkdownLine } from '../markdown';
import { isPhaseTitle, phaseNumber } from '../phase-title';
import type { Scan, TaskEntry } from './scan';

/** A phase with its tasks, before the tasks are read closely. */
export interface PhaseEntry {
  phase: Phase;
  /** The phase has a heading of its own. */
  declared: boolean;
  tasks: GroupedTask[];
}

export interface GroupedTask {
  entry: TaskEntry;
  /** The heading below the phase's that the task stands under. */
  group: string | null;
}

interface Section {
  lines: MarkdownLine[];
  /** `null` where the tasks stand under no heading of the phase level. */
  heading: MarkdownLine | null;
  tasks: TaskEntry[];
}

/** Every heading at the phase level that owns a task is a phase; so is a stretch without one. */
export function groupTasks(scan: Scan, planTitle: string): PhaseEntry[] {
  const sections = sectionsOf(scan).filter(({ tasks }) => tasks.length > 0);
  const keys = new Keys();
  const named = sections.some(({ heading }) => heading !== null);
  let position = 0;
  return sections.map((section) => {
    const { heading, lines } = section;
    if (heading !== null) position += 1;
    const written = heading === null ? '0' : phaseId(heading, position);
    const line = heading?.number ?? section.tasks[0]?.line.number ?? 1;
    const { key } = keys.take(written, line);
    const phase: Phase = {
      ...phaseDefaults,
      key,
      id: named ? key : null,
      title: heading?.heading?.title ?? planTitle,
      checkpoint: checkpointIn(lines),
      dependsOn: [],
      subtasks: [],
      line,
      range: heading?.heading?.range ?? { start: 0, end: 0 },
    };
    return { phase, declared: heading !== null, tasks: withGroups(section) };
  });
}

function sectionsOf(scan: Scan): Section[] {
  const level = phaseLevel(scan);
  let section: Section = { lines: [], heading: null, tasks: [] };
  const sections = [section];
  scan.lines.forEach((line, at) => {
    const task = scan.taskAt.get(at);
    // In mode heading a task's own heading may stand at the phase level.
    if (line.heading !== null && line.heading.level <= level && task === undefined) {
      const heading = line.heading.level === level ? line : null;
      section = { lines: [], heading, tasks: [] };
      sections.push(section);
    } else {
      section.lines.push(line);
      if (task !== undefined) section.tasks.push(task);
    }
  });
  return sections;
}

/** The level of the shallowest heading that calls itself a phase and holds a task; else 2. */
function phaseLevel({ lines, taskAt }: Scan): number {
  const open: number[] = [];
  let shallowest = Infinity;
  lines.forEach(({ heading }, at) => {
    if (taskAt.has(at)) for (const level of open) shallowest = Math.min(shallowest, level);
    else if (heading !== null) {
      while ((open.at(-1) ?? 0) >= heading.level) open.pop();
      if (isPhaseTitle(heading.title)) open.push(heading.level);
    }
  });
  return shallowest === Infinity ? 2 : shallowest;
}

function phaseId({ heading }: MarkdownLine, position: number): string {
  return phaseNumber(heading?.title ?? '') ?? String(position);
}

// Bold is the word alone, or the whole line.
const checkpoint =
  /^\s*(?:[-*>]\s+)?\*\*[^*]{0,20}checkpoint[^*:：]{0,60}(?:[:：]([^*]{0,1000}))?\*\*\s*:?\s*/i;

/** The text of a phase's `**Checkpoint**:` lines, wrapped lines joined. */
function checkpointIn(lines: readonly MarkdownLine[]): string | null {
  const found = lines.flatMap((line, at): string[] => {
    const [lead, bold = ''] = (line.kind === 'text' && checkpoint.exec(line.text)) || [];
    if (lead === undefined) return [];
    const text = [bold, line.text.slice(lead.length)];
    for (const next of lines.slice(at + 1, at + 20)) {
      if (next.blank || next.heading !== null || /^\s*(?:[-*+>]|\d+\.)\s|^\s*\*\*/.test(next.text))
        break;
      text.push(next.text);
    }
    return [
      text
        .map((part) => part.trim())
        .join(' ')
        .trim(),
    ];
  });
  return found.length === 0 ? null : found.join('\n');
}

function withGroups({ lines, tasks }: Section): GroupedTask[] {
  const grouped: GroupedTask[] = [];
  let group: string | null = null;
  for (const line of lines) {
    const entry = tasks[grouped.length];
    if (entry?.line === line) grouped.push({ entry, group });
    else if (line.heading !== null) group = line.heading.title;
  }
  return grouped;
}
