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
    const id = phase.id ?? phase.key;
    if (storiesAreFree && isStory.test(phase.title)) {
      addImplied(phase, base);
      stories.push(id);
    } else {
      addImplied(phase, stories.length > 0 ? stories : base);
      base = [id];
      stories = [];
    }
  }
}

/**
 * Tasks follow each other in file order; neighbouring `[P]` tasks may run together, and none waits
 * for an optional one.
 */
export function linkTasks(phases: readonly Phase[]): void {
  const all = phases.flatMap((phase) => phase.subtasks);
  const { rank } = documentOrder(all.length, declaredEdges(all));
  const ranks = new Map(all.map((subtask, position) => [subtask, rank[position] ?? 0]));
  for (const { subtasks } of phases) {
    const order = subtasks.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
    let barrier: string[] = [];
    let together: string[] = [];
    for (const subtask of order) {
      if (subtask.optional) {
        addImplied(subtask, together.length > 0 && !isFree(subtask) ? together : barrier);
      } else if (isFree(subtask)) {
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

function isFree({ labels }: Subtask): boolean {
  return labels.includes('P');
}

/** What must be done first by the format's rules, where the file does not say so already. */
export function addImplied(item: Phase | Subtask, ids: readonly string[]): void {
  const known = new Set(item.dependsOn.map(({ id }) => id));
  item.dependsOn = item.dependsOn.concat(ids.filter((id) => !known.has(id)).map(implied));
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
