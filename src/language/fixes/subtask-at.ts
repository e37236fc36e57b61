import { subtasksOf, type Plan, type Subtask } from '../../model/plan';
import type { Trouble } from './fix';

/** A subtask that a problem is about, with its plan. */
export interface Concerned {
  plan: Plan;
  subtask: Subtask;
}

/** The innermost subtask on whose line, or else in whose lines, the problem stands. */
export function subtaskAt({ problem, files, path }: Trouble): Concerned | null {
  const home = files.source.path;
  const here = files.reading.plans.flatMap((plan) =>
    subtasksOf(plan)
      .filter((subtask) => (subtask.path ?? home) === path)
      .map((subtask) => ({ plan, subtask })),
  );
  const onLine = here.filter(({ subtask }) => subtask.line === problem.line);
  const at = problem.range?.start ?? -1;
  const around = here.filter(({ subtask: { range } }) => range.start <= at && at < range.end);
  const found = onLine.length > 0 ? onLine : around;
  const size = ({ subtask: { range } }: Concerned) => range.end - range.start;
  return found.toSorted((a, b) => size(a) - size(b))[0] ?? null;
}
