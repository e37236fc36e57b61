import type { Phase } from '../../model/plan';
import { addImplied, linkPhasesInOrder, linkTasks, mostSteps } from '../implied';
import type { ReadTask } from './subtask';

// What the format's own rules say about order: without waves that of the file; with waves, a wave
// begins when the one before is finished, and what is in no wave waits for all that stands above.

/** `waves` are keys. */
export function linkImplied(
  phases: readonly Phase[],
  tasks: readonly ReadTask[],
  waves: readonly (readonly string[])[] | null,
): void {
  if (waves === null || waves.every((keys) => keys.length === 0) || tooMany(tasks, waves)) {
    linkTasks(phases);
    linkPhasesInOrder(phases);
    return;
  }
  linkWaves(tasks, waves);
}

function tooMany(tasks: readonly ReadTask[], waves: readonly (readonly string[])[]): boolean {
  const optional = tasks.filter(({ subtask }) => subtask.optional).length;
  const widest = waves.reduce((most, keys) => Math.max(most, keys.length), 0);
  const steps = waves.map((keys, index) => keys.length * (waves[index - 1]?.length ?? 0));
  steps.push(optional * widest);
  return steps.reduce((sum, count) => sum + count, 0) > mostSteps;
}

interface Placed {
  task: ReadTask;
  position: number;
}

/** The tasks of one wave, and those in no wave that come before the next. */
interface Level {
  inWave: Placed[];
  between: Placed[];
}

/**
 * A task in no wave comes behind the last wave that has a task above it, and what is in later
 * waves waits for it: so a checkpoint stands where the file puts it.
 */
function linkWaves(tasks: readonly ReadTask[], waves: readonly (readonly string[])[]): void {
  const filled = waves.filter((keys) => keys.length > 0);
  const waveOf = new Map<string, number>();
  filled.forEach((keys, wave) => {
    for (const key of keys) if (!waveOf.has(key)) waveOf.set(key, wave);
  });
  const levels = Array.from({ length: filled.length + 1 }, (): Level => ({
    inWave: [],
    between: [],
  }));
  let highest = -1;
  tasks.forEach((task, position) => {
    const wave = waveOf.get(task.subtask.key);
    if (wave !== undefined) highest = Math.max(highest, wave);
    const level = levels[(wave ?? highest) + 1];
    (wave === undefined ? level?.between : level?.inWave)?.push({ task, position });
  });
  let before: string[] = [];
  for (const level of levels) {
    const open = linkLevel(level, before);
    if (open.length > 0) before = open;
  }
}

/** Returns the keys that the next level waits for: never of optional tasks, which block nothing. */
function linkLevel({ inWave, between }: Level, before: readonly string[]): string[] {
  for (const { task } of inWave) addImplied(task.subtask, before);
  let open = inWave.length === 0 ? [...before] : [];
  let next = 0;
  const take = (end: number) => {
    for (; next < inWave.length && (inWave[next]?.position ?? end) < end; next += 1)
      open.push(...blockingKeys(inWave[next]));
  };
  for (const placed of between) {
    take(placed.position);
    addImplied(placed.task.subtask, open);
    if (!placed.task.subtask.optional) open = blockingKeys(placed);
  }
  take(Infinity);
  return open;
}

function blockingKeys(placed: Placed | undefined): string[] {
  const subtask = placed?.task.subtask;
  return subtask === undefined || subtask.optional ? [] : [subtask.key];
}
