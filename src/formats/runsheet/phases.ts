import { phaseDefaults, type Dependency, type Phase, type Problem } from '../../model/plan';
import { distinct, phaseEdges, documentOrder } from '../graph';
import type { Keys } from '../keys';
import { danglingDependency, duplicateId, selfDependency } from '../problems';
import { slug } from '../text';
import { listOf } from './fields';
import type { Section } from './scan';
import type { ReadSubtask } from './subtask';

/** A section that is a phase, with what was read in it. */
export interface ReadPhase {
  section: Section;
  phase: Phase;
  subtasks: ReadSubtask[];
}

const writtenId = /\s*\{#([\w.-]+)\}\s*$/;
const numbered = /^phase\s+([\w.]+)\s*[:.–—-]\s*(\S.*)$/i;

/** What stands before the first heading is a phase too; it has an id only beside others. */
export function newPhase(
  section: Section,
  plan: { title: string; hasPhases: boolean },
  keys: Keys,
  problems: Problem[],
): Phase {
  const { heading, line } = section;
  const range = heading?.range ?? { start: 0, end: 0 };
  const declared = heading === null ? undefined : writtenId.exec(heading.title)?.[1];
  const title = heading?.title.replace(writtenId, '') ?? plan.title;
  const { key, firstLine } = keys.take(declared ?? (slug(title) || 'phase'), line);
  if (declared !== undefined && firstLine !== null)
    problems.push(duplicateId({ line, range }, declared, firstLine));
  return {
    ...phaseDefaults,
    key,
    id: plan.hasPhases ? key : null,
    title,
    dependsOn: [],
    subtasks: [],
    line,
    range,
  };
}

/**
 * Sets the phases' dependencies: those of their `depends:` line, else the phase before, unless
 * that one waits for this one.
 */
export function linkPhases(phases: readonly ReadPhase[], problems: Problem[]): void {
  const names = phaseNames(phases.map(({ phase }) => phase));
  for (const { section, phase } of phases) {
    if (section.depends !== null) phase.dependsOn = declared(section, phase, names, problems);
  }
  const { rank, stuck } = documentOrder(
    phases.length,
    phaseEdges(phases.map(({ phase }) => phase)),
  );
  phases.forEach(({ section, phase }, position) => {
    const before = phases[position - 1]?.phase.id;
    if (before === undefined || before === null || section.depends !== null) return;
    const inOrder = (rank[position - 1] ?? 0) < (rank[position] ?? 0);
    if (inOrder && !stuck.has(position))
      phase.dependsOn = [{ id: before, kind: 'implied', range: null }];
  });
}

function declared(
  section: Section,
  phase: Phase,
  names: ReadonlyMap<string, Phase>,
  problems: Problem[],
): Dependency[] {
  const field = section.depends;
  if (field === null) return [];
  // A title may hold commas itself.
  const whole = field.values.filter(({ text }) => names.has(nameOf(text)));
  const parts = whole.length > 0 ? whole : listOf(field);
  const dependencies = parts.flatMap((part): Dependency[] => {
    if (part.text.toLowerCase() === 'none') return [];
    const target = names.get(nameOf(part.text));
    if (target === phase) problems.push(selfDependency(part, phase.title));
    if (target === undefined) problems.push(danglingDependency(part, phase.title, part.text));
    return [{ id: target?.id ?? part.text, kind: 'declared', range: part.range }];
  });
  return distinct(dependencies);
}

/** What a phase may be called: id, title, title without `Phase N:`, `Phase N`, number. */
function phaseNames(phases: readonly Phase[]): Map<string, Phase> {
  const names = new Map<string, Phase>();
  const add = (name: string, phase: Phase) => {
    if (!names.has(nameOf(name))) names.set(nameOf(name), phase);
  };
  for (const phase of phases) add(phase.key, phase);
  for (const phase of phases) add(phase.title, phase);
  for (const phase of phases) {
    const [, number, rest] = numbered.exec(phase.title) ?? [];
    if (number === undefined || rest === undefined) continue;
    add(`Phase ${number}`, phase);
    add(number, phase);
    add(rest, phase);
  }
  const titled = phases.filter(({ id }) => id !== null);
  titled.forEach((phase, index) => add(String(index + 1), phase));
  names.delete('');
  return names;
}

function nameOf(text: string): string {
  return text.trim().toLowerCase().replace(/\s+/g, ' ');
}
