import type { Problem } from '../../model/plan';
import { problem } from '../problems';
import { isTick } from '../ticks';
import type { Group } from './group';
import type { PlanBullet, Roadmap } from './roadmap';
import type { Summary } from './summary';

/** Leads from a box of the roadmap to its plan; to `undefined` for plans that are not written. */
export function bulletFinder(groups: readonly Group[]): (bullet: PlanBullet) => Group | undefined {
  const reversed = groups.toReversed();
  const byStem = new Map(reversed.map((group) => [group.document.stem, group]));
  const byKey = new Map(reversed.map((group) => [group.ref.key, group]));
  return ({ ref, stem }) => byStem.get(stem) ?? byKey.get(ref?.key ?? '');
}

/** What the roadmap says otherwise than the files. `superseded`: keys and stems of such plans. */
export function roadmapProblems(
  { path, bullets }: Roadmap,
  groups: readonly Group[],
  superseded: ReadonlySet<string>,
): Problem[] {
  const find = bulletFinder(groups);
  return bullets.flatMap((bullet): Problem[] => {
    const at = { line: bullet.line, range: bullet.box.markRange, path };
    const group = find(bullet);
    const isSuperseded = superseded.has(bullet.ref?.key ?? '') || superseded.has(bullet.stem);
    if (group === undefined) {
      if (isSuperseded) return [];
      const message = `There is no file of the plan ${bullet.stem} yet, so it has no tasks.`;
      return [problem('info', 'roadmap-plan-missing', at, message)];
    }
    const isDone = group.summary?.state === 'done';
    if (isTick(bullet.box.mark) === isDone) return [];
    const message = isDone
      ? `The roadmap has ${group.id} open, but its summary says that it is done. The summary counts.`
      : `The roadmap has ${group.id} ticked, but no summary says that it is done. The summary counts.`;
    return [problem('warning', 'roadmap-drift', at, message, isDone ? 'x' : ' ')];
  });
}

export function summaryProblems(groups: readonly Group[], orphans: readonly Summary[]): Problem[] {
  const top = { line: 1, range: null };
  const partial = groups.flatMap(({ id, summary }): Problem[] => {
    if (summary?.state !== 'partial') return [];
    const message = `The summary of ${id} has the status ${summary.word ?? ''}: the plan is not done and needs attention.`;
    return [problem('warning', 'summary-partial', { ...top, path: summary.path }, message)];
  });
  const alone = orphans.map(({ path }) =>
    problem(
      'info',
      'orphan-summary',
      { ...top, path },
      'There is no plan to which this summary belongs; it counts for nothing.',
    ),
  );
  return [...partial, ...alone];
}
