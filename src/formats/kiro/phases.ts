import { phaseDefaults, type Phase } from '../../model/plan';
import { Keys } from '../keys';
import type { Heading } from '../markdown';
import { isLeaf, type Scan, type TaskBox } from './scan';

/** A phase with its leaves, before they are read closely. */
export interface PhaseEntry {
  phase: Phase;
  leaves: TaskBox[];
  /** What makes it a phase: a box with others below, a heading, or nothing. */
  owner: TaskBox | HeadingOwner | null;
}

interface HeadingOwner {
  heading: Heading;
  /** 1-based. */
  number: number;
}

/**
 * A box with others below is a phase, and so is a heading with tasks directly under it; tasks that
 * have neither stand in a phase without a name. What an owner has in several places, with other
 * phases between, is several phases: the order of the file stays.
 */
export function phasesOf(scan: Scan, planTitle: string): PhaseEntry[] {
  const headings = headingsAbove(scan);
  const entries: Omit<PhaseEntry, 'phase'>[] = [];
  for (const box of scan.boxes) {
    if (!isLeaf(box)) continue;
    const owner = box.parent ?? headings.get(box) ?? null;
    const last = entries.at(-1);
    if (last?.owner === owner) last.leaves.push(box);
    else entries.push({ owner, leaves: [box] });
  }
  return named(entries, planTitle);
}

/** How many phases the file declares: groups and numbered headings. Other headings only name. */
export function declaredPhases(entries: readonly PhaseEntry[]): number {
  const owners = entries.flatMap(({ owner }) => owner ?? []);
  return new Set(owners.filter((owner) => 'mark' in owner || isNumbered(owner.heading.title))).size;
}

/** Of each box without a parent, the heading that it stands directly under. */
function headingsAbove({ lines, boxes }: Scan): Map<TaskBox, HeadingOwner> {
  const found = new Map<TaskBox, HeadingOwner>();
  const title = lines.find(({ heading }) => heading !== null);
  let above: HeadingOwner | null = null;
  let next = 0;
  for (const box of boxes) {
    for (; next < box.at; next += 1) {
      const line = lines[next];
      if (!line?.heading) continue;
      const names = line !== title || line.heading.level > 1;
      const groups = names && !generic.test(line.heading.title);
      above = groups ? { heading: line.heading, number: line.number } : null;
    }
    if (above !== null && box.parent === null) found.set(box, above);
  }
  return found;
}

/** Headings that say that tasks follow, and nothing of what they are about. */
const generic =
  /^[^\p{L}\p{N}]*(?:(?:the\s+)?(?:implementation\s+|development\s+)?(?:tasks?|plan|steps?)(?:\s+(?:list|breakdown|document|overview))?|to-?do(?:\s+list)?|overview|notes?|任务(?:列表|清单)?|任務(?:列表|清單)?|タスク(?:一覧|リスト)?|実装(?:計画|タスク|プラン)|实施(?:计划|任务)|实现(?:计划|任务)|實[作施]計畫|概要|概述|작업(?:\s*목록)?)[^\p{L}\p{N}]*$/iu;

const headingNumber =
  /^[^\p{L}\p{N}]*(?:(?:task|phase|step|stage|milestone|epic|part|group|section|module|iteration|sprint|week|wave|day|フェーズ|タスク|阶段|階段|任务|任務)\s*)?(\d+(?:\.\d+)*|[A-Z](?=\s*[.:：—–]|\s+-))(?![\p{L}\p{N}])[.)]?\s*[:：—–-]?\s*/iu;

const chineseNumber =
  /^[^\p{L}\p{N}]*(?:第|阶段|階段|任务|任務)?\s*[一二三四五六七八九十]+(?=[^\p{L}]|阶段|階段|$)/u;

function isNumbered(title: string): boolean {
  return headingNumber.test(title) || chineseNumber.test(title);
}

function named(entries: readonly Omit<PhaseEntry, 'phase'>[], planTitle: string): PhaseEntry[] {
  const keys = new Keys();
  const numbers = new Map<PhaseEntry['owner'], string>();
  // Dependencies name boxes, so these have their numbers first.
  for (const { owner } of entries)
    if (owner !== null && 'mark' in owner && !numbers.has(owner))
      numbers.set(owner, keys.take(owner.number ?? '0', owner.line.number).key);
  const used = new Set<string>();
  let position = 0;
  return entries.map(({ owner, leaves }): PhaseEntry => {
    if (owner !== null) position += 1;
    const line = lineOf(owner, leaves);
    const id = numbers.get(owner) ?? keys.take(writtenId(owner, leaves, position), line).key;
    if (owner !== null) numbers.set(owner, id);
    const key = used.has(id) ? keys.take(id, line).key : id;
    used.add(id);
    const phase: Phase = {
      ...phaseDefaults,
      key,
      id: entries.length === 1 && owner === null ? null : key,
      title: titleOf(owner, leaves, entries.length === 1 ? planTitle : null),
      dependsOn: [],
      subtasks: [],
      line,
      range: rangeOf(owner, leaves),
    };
    return { phase, leaves, owner };
  });
}

function lineOf(owner: PhaseEntry['owner'], [first]: readonly TaskBox[]): number {
  if (owner !== null) return 'mark' in owner ? owner.line.number : owner.number;
  return first?.line.number ?? 1;
}

function rangeOf(owner: PhaseEntry['owner'], [first]: readonly TaskBox[]): Phase['range'] {
  if (owner === null) return { start: first?.line.start ?? 0, end: first?.line.start ?? 0 };
  if (!('mark' in owner)) return owner.heading.range;
  return { start: owner.line.start, end: owner.below.at(-1)?.end ?? owner.line.end };
}

function writtenId(
  owner: PhaseEntry['owner'],
  [first]: readonly TaskBox[],
  position: number,
): string {
  if (owner === null) return `top-${first?.number ?? 0}`;
  if ('mark' in owner) return owner.number ?? String(position);
  return headingNumber.exec(owner.heading.title)?.[1] ?? `h${position}`;
}

function titleOf(
  owner: PhaseEntry['owner'],
  leaves: readonly TaskBox[],
  planTitle: string | null,
): string {
  if (owner !== null) {
    if ('mark' in owner) return owner.title || (owner.number ?? '');
    return owner.heading.title.replace(headingNumber, '') || owner.heading.title;
  }
  const [first, last] = [leaves[0], leaves.at(-1)];
  if (planTitle !== null || first === undefined || last === undefined) return planTitle ?? '';
  return first === last ? first.title : `${first.number ?? ''}–${last.number ?? ''}`;
}
