import type { FileEdit, PlanSource, StatusChange } from '../format';
import { isTick } from '../ticks';
import type { Group } from './group';
import { isTree, treeOf } from './paths';
import { readRoadmap, type Roadmap } from './roadmap';
import { bulletFinder } from './roadmap-problems';
import { readSingle } from './single';
import { readTree } from './tree';

/**
 * Ticks the plan's box in ROADMAP.md when all its subtasks are done, and takes the tick away when
 * one is open again. That is the only place for a status: plans and summaries are never changed.
 */
export function writeStatus(source: PlanSource, change: StatusChange): FileEdit[] | null {
  const { groups, roadmap } = read(source);
  const group = groups.find(({ subtasks }) => subtasks.some(({ key }) => key === change.key));
  if (group === undefined) return null;
  if (roadmap === null) return [];
  const wanted = tickOf(group, change);
  const find = bulletFinder(groups);
  return roadmap.bullets.flatMap((bullet): FileEdit[] => {
    const { mark, markRange } = bullet.box;
    if (wanted === null || find(bullet) !== group) return [];
    const says = wanted === 'x' ? mark !== ' ' : !isTick(mark);
    return says ? [] : [{ path: roadmap.path, range: markRange, text: wanted }];
  });
}

/**
 * Ticks a phase in the roadmap, or takes its tick away. Nothing but a person asks for that: what
 * the plans of the phase say decides nothing.
 */
export function writePhase({ path, others }: PlanSource, key: string, isDone: boolean): FileEdit[] {
  const file = isTree(path) ? others?.get(`${path}/ROADMAP.md`) : undefined;
  if (file === undefined) return [];
  const boxes = readRoadmap(file).phases.find((phase) => phase.key === key)?.boxes ?? [];
  return boxes
    .filter(({ mark }) => (isDone ? mark === ' ' : isTick(mark)))
    .map(({ markRange }) => ({ path: file.path, range: markRange, text: isDone ? 'x' : ' ' }));
}

function read(source: PlanSource): { groups: Group[]; roadmap: Roadmap | null } {
  if (isTree(source.path)) return readTree(source);
  const { group } = readSingle(source);
  const path = roadmapPathOf(source.path);
  const file = path === null ? undefined : source.others?.get(path);
  return { groups: [group], roadmap: file === undefined ? null : readRoadmap(file) };
}

/** The roadmap that has the plan at `path`; plans beside the phases stand in none. */
export function roadmapPathOf(path: string): string | null {
  const tree = treeOf(path);
  return tree?.rest.startsWith('phases/') === true ? `${tree.root}/ROADMAP.md` : null;
}

/** The mark that the plan's box shall have; `null`: the change says nothing of the whole plan. */
function tickOf({ subtasks }: Group, { key, status, known }: StatusChange): 'x' | ' ' | null {
  if (status === 'pending') return ' ';
  const isDone = subtasks.every((one) => one.key === key || known.get(one.key) === 'done');
  return status === 'done' && isDone ? 'x' : null;
}
