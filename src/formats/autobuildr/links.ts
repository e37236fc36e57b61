import type { Dependency, Problem } from '../../model/plan';
import { distinct } from '../graph';
import { elementsOf, membersOf, numberOf, rangeOfNode, textOf } from '../json';
import { danglingDependency, selfDependency } from '../problems';
import type { LineIndex } from '../text';
import { linkKeys } from './document';
import type { ReadEntry } from './entry';

/** Links features by what they declare; nothing is implied by their order. */
export function linkEntries(entries: readonly ReadEntry[], lines: LineIndex): Problem[] {
  const keys = new Set(entries.map(({ subtask }) => subtask.key));
  const byPosition = new Map(entries.map(({ position, subtask }) => [position, subtask.key]));
  return entries.flatMap((entry) => {
    const byIndex = indices(entry, byPosition);
    const declared = [...ids(entry), ...byIndex];
    const { subtask } = entry;
    subtask.dependsOn = distinct(declared);
    return subtask.dependsOn.flatMap((dependency): Problem[] => {
      const { id, range } = dependency;
      const line = range === null ? subtask.line : lines.lineAt(range.start);
      if (!keys.has(id)) return [danglingDependency({ line, range }, subtask.id, id)];
      if (id !== subtask.key) return [];
      const found = selfDependency({ line, range }, subtask.id);
      return [
        byIndex.includes(dependency) ? { ...found, message: found.message + shifted } : found,
      ];
    });
  });
}

const shifted =
  ' Its index counts from 0: where an entry above was removed, later indices are one too high.';

/** What is written where nothing has to be done first. */
const noId = /^\s*(?:none|n\/a|null|-)\s*$/i;

function ids({ members }: ReadEntry): Dependency[] {
  return linkKeys.flatMap((key) => {
    const list = members.get(key);
    const nodes = list?.type === 'array' ? elementsOf(list) : [list];
    return nodes.flatMap((node): Dependency[] => {
      const text = textOf(node) ?? textOf(membersOf(node).get('id'));
      if (node === undefined || text === null || noId.test(text)) return [];
      const parts = list?.type === 'array' ? [text.trim()] : text.split(/[,\s]+/);
      const range = rangeOfNode(node);
      return parts
        .filter((id) => id !== '')
        .map((id) => ({ id, kind: 'declared' as const, range }));
    });
  });
}

/** Positions that count from 0. */
function indices({ members }: ReadEntry, byPosition: ReadonlyMap<number, string>): Dependency[] {
  return elementsOf(members.get('depends_on_indices')).flatMap((node): Dependency[] => {
    const index = numberOf(node);
    if (index === null) return [];
    const id = byPosition.get(index + 1) ?? String(index + 1);
    return [{ id, kind: 'declared', range: rangeOfNode(node) }];
  });
}
