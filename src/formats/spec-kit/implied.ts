import type { Dependency, Phase, Subtask } from '../../model/plan';
import { declaredEdges, phaseEdges, documentOrder } from '../graph';
import type { MarkdownLine } from '../markdown';

// What the format's own rules say about order where the file states nothing; only the direct
// steps. Declared dependencies come first: an implied one that contradicts them is left out.

const isStory = /user stor(?:y|ies)|\bUS\s?\d|ユーザーストーリー|用户故事/i;

/** A phase follows the one before; story phases may run side by side when the file says so. */
export function linkPhases(phases: readonly Phase[], storiesAreFree: boolean): void {
  const { rank, stuck } = documentOrder(phases.length, phaseEdges(phases));
  const order = phases
    .map((phase, position) => ({ phase, position }))
    .filter(({ position }) => !stuck.has(position))
    .sort((a, b) => (rank[a.position] ?? 0) - (rank[b.position] ?? 0));
  let base: string[] = [];
  let stories: string[] = [];
  for (const { phase } of order) {
    const id = phase.id === null ? [] : [phase.id];
    if (storiesAreFree && isStory.test(phase.title)) {
      phase.dependsOn = base.map(implied);
      stories.push(...id);
    } else {
      phase.dependsOn = (stories.length > 0 ? stories : base).map(implied);
      base = id;
      stories = [];
    }
  }
}

/** Tasks follow each other in file order; neighbouring `[P]` tasks may run together. */
export function linkTasks(phases: readonly Phase[]): void {
  const all = phases.flatMap((phase) => phase.subtasks);
  const { rank } = documentOrder(all.length, declaredEdges(all));
  const ranks = new Map(all.map((subtask, position) => [subtask, rank[position] ?? 0]));
  for (const { subtasks } of phases) {
    const order = subtasks.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
    let barrier: string[] = [];
    let together: string[] = [];
    for (const subtask of order) {
      if (subtask.labels.includes('P')) {
        addImplied(subtask, barrier);
        together.push(subtask.key);
      } else {
        addImplied(subtask, together.length > 0 ? together : barrier);
        barrier = [subtask.key];
        together = [];
      }
    }
  }
}

function addImplied(subtask: Subtask, keys: readonly string[]): void {
  const known = new Set(subtask.dependsOn.map(({ id }) => id));
  subtask.dependsOn = subtask.dependsOn.concat(keys.filter((key) => !known.has(key)).map(implied));
}

function implied(id: string): Dependency {
  return { id, kind: 'implied', range: null };
}

const saysFree =
  /(?:stories|phases?).{0,60}(?:in parallel|independent(?:ly)?\b)|can start after foundational|並行|并行/i;
const saysOrder =
  /(?:\bUS\s?\d+|user story \d+)[^.|]{0,40}?\bdepends? on\b[^.|]{0,40}?(?:\bUS\s?\d|user story \d)/i;

/** Whether the file says that its stories are independent, and nowhere that one needs another. */
export function storiesAreFree(lines: readonly MarkdownLine[]): boolean {
  const prose = lines.filter(({ kind, text }) => kind === 'text' && text.length < 2000);
  return (
    prose.some(({ text }) => saysFree.test(text)) && !prose.some(({ text }) => saysOrder.test(text))
  );
}
