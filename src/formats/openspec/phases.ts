import { phaseDefaults, type Phase } from '../../model/plan';
import type { Keys } from '../keys';
import { phaseNumber } from '../phase-title';
import type { ScannedHeading, TaskLine } from './scan';
import type { TaskHome } from './subtask';

/** A phase with its task lines, before they are read closely. */
export interface PhaseEntry {
  phase: Phase;
  tasks: TaskLine[];
  /** It has a heading of its own. */
  declared: boolean;
}

/** Every heading at the phase level that owns a task is a phase, and so is a stretch without one. */
export function phasesOf(
  tasks: readonly TaskLine[],
  home: TaskHome,
  keys: Keys,
  planTitle: string,
): PhaseEntry[] {
  const stretches: { heading: ScannedHeading | null; tasks: TaskLine[] }[] = [];
  for (const task of tasks) {
    const last = stretches.at(-1);
    if (last?.heading === task.phase) last.tasks.push(task);
    else stretches.push({ heading: task.phase, tasks: [task] });
  }
  const isOnly = stretches.length === 1 && home.isOnly;
  let position = 0;
  return stretches.map(({ heading, tasks: own }): PhaseEntry => {
    if (heading !== null) position += 1;
    const { id, title } = heading === null ? unnamed(home, planTitle) : named(heading, position);
    const line = heading?.line ?? own[0]?.line ?? 1;
    const { key } = keys.take(`${home.prefix}${id}`, line);
    const phase: Phase = {
      ...phaseDefaults,
      key,
      id: heading === null && isOnly ? null : key,
      title,
      dependsOn: [],
      subtasks: [],
      path: home.path,
      line,
      range: heading?.range ?? { start: own[0]?.start ?? 0, end: own[0]?.start ?? 0 },
    };
    return { phase, tasks: own, declared: heading !== null };
  });
}

function unnamed({ prefix }: TaskHome, planTitle: string): { id: string; title: string } {
  return { id: 'top', title: prefix === '' ? planTitle : prefix.replace(/\/$/, '') };
}

const leadingNumber = /^(\d+(?:\.\d+)*)[.):]?(?:\s+|$)/;
const phaseWord =
  /^[^\p{L}\p{N}]*(?:phase(?![a-z])|フェーズ|阶段|階段)\s*(?:[A-Z]?\d+(?:\.\d+)*|[A-Z](?![\p{L}\p{N}]))?\s*[:：.)—–-]*\s*/iu;

/** `1. Title` and `Phase 1: Title`. */
function named({ title }: ScannedHeading, position: number): { id: string; title: string } {
  const [lead = '', number] = leadingNumber.exec(title) ?? [];
  if (number !== undefined) return { id: number, title: title.slice(lead.length) || title };
  const phase = phaseNumber(title);
  if (phase !== null) return { id: phase, title: title.replace(phaseWord, '') || title };
  return { id: String(position), title };
}
