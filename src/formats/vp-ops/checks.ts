import type { Phase, Problem, Subtask } from '../../model/plan';
import { declaredEdges, documentOrder } from '../graph';
import { problem, type Place } from '../problems';

// What the order of batches and the order of tasks say of each other. The dependency counts.

interface Home {
  phase: Phase;
  position: number;
}

/**
 * Dependencies on a task of a later batch, or of the same one where that is `marked` as safe to run
 * in parallel as a whole.
 */
export function batchProblems(phases: readonly Phase[], marked = true): Problem[] {
  const homes = new Map<string, Home>();
  phases.forEach((phase, position) => {
    for (const { key } of phase.subtasks) homes.set(key, { phase, position });
  });
  return phases.flatMap((phase, position) =>
    phase.subtasks.flatMap((subtask) =>
      subtask.dependsOn.flatMap(({ id, kind }): Problem[] => {
        const before = kind === 'declared' ? homes.get(id) : undefined;
        if (before === undefined || id === subtask.key) return [];
        const found = contradiction(subtask, id, { phase, position }, before);
        return marked || before.position > position ? found : [];
      }),
    ),
  );
}

function contradiction(subtask: Subtask, id: string, own: Home, before: Home): Problem[] {
  const at: Place = { line: subtask.line, range: subtask.range, path: subtask.path };
  const name = own.phase.id ?? own.phase.title;
  if (before.position > own.position) {
    const message = `${subtask.id} of batch ${name} depends on ${id}, which is in batch ${before.phase.id ?? before.phase.title}. Move one of them.`;
    return [problem('error', 'dependency-in-later-batch', at, message)];
  }
  if (before.position < own.position || own.phase.parallelSafe !== true) return [];
  const message = `${subtask.id} depends on ${id}, which is in the same batch ${name}, marked as safe to run in parallel. They run one after the other.`;
  return [problem('error', 'dependency-in-parallel-batch', at, message)];
}

/** Groups of tasks that dependencies alone let run at one time. */
export function wavesOf(subtasks: readonly Subtask[]): Subtask[][] {
  const edges = declaredEdges(subtasks);
  const { rank, stuck } = documentOrder(subtasks.length, edges);
  const level = subtasks.map(() => 0);
  for (const [before, after] of edges.toSorted(([, a], [, b]) => (rank[a] ?? 0) - (rank[b] ?? 0)))
    level[after] = Math.max(level[after] ?? 0, (level[before] ?? 0) + 1);
  const waves: Subtask[][] = [];
  subtasks.forEach((subtask, position) => {
    if (!stuck.has(position)) (waves[level[position] ?? 0] ??= []).push(subtask);
  });
  return waves;
}

export function waveProblems(phases: readonly Phase[], at: Place): Problem[] {
  const waves = wavesOf(phases.flatMap(({ subtasks }) => subtasks)).length;
  if (waves <= phases.length) return [];
  const message = `The dependencies need ${waves} waves, and there are ${phases.length} batches.`;
  return [problem('info', 'waves-exceed-batches', at, message)];
}

const plain = /[\p{L}\p{N}]+/gu;
// Words that stand in every title and say nothing of the work.
const common: ReadonlySet<string> = new Set([
  'a',
  'an',
  'and',
  'as',
  'for',
  'in',
  'of',
  'the',
  'to',
]);

/** Pairs of words that stand side by side. */
function pairsIn(text: string): string[] {
  const words = [...text.toLowerCase().matchAll(plain)].map(([word]) => word);
  return words.flatMap((word, index) => {
    const next = words[index + 1];
    return next === undefined || common.has(word) || common.has(next) ? [] : [`${word} ${next}`];
  });
}

/** A batch's checkpoint that has words of a task which comes in a later batch. */
export function checkpointProblems(phases: readonly Phase[]): Problem[] {
  const later = new Map<string, { subtask: Subtask; position: number }>();
  phases.forEach((phase, position) => {
    for (const subtask of phase.subtasks)
      for (const pair of pairsIn(subtask.title)) later.set(pair, { subtask, position });
  });
  return phases.flatMap((phase, position): Problem[] => {
    const pairs = pairsIn(phase.checkpoint ?? '');
    const pair = pairs.find((one) => (later.get(one)?.position ?? 0) > position);
    const found = pair === undefined ? undefined : later.get(pair);
    if (pair === undefined || found === undefined) return [];
    const batch = phases[found.position];
    const message = `The checkpoint speaks of "${pair}", and ${found.subtask.id} (${found.subtask.title}) comes in batch ${batch?.id ?? ''} only.`;
    const at = { line: phase.line, range: phase.range, path: phase.path };
    return [problem('warning', 'checkpoint-names-later-task', at, message)];
  });
}
