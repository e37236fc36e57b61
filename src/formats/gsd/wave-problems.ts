import type { Problem, Wave } from '../../model/plan';
import { problem } from '../problems';
import { isWhole } from './front-matter';
import type { Group } from './group';
import type { GroupOrder } from './group-order';
import type { PhaseGroups } from './groups';

// Waves are hints that were derived when the plans were written. They are compared with what
// depends_on gives now; work is ordered by the dependencies alone.

export function wavesOf(phases: readonly PhaseGroups[]): Wave[] {
  return phases.flatMap(({ folder, groups }) =>
    [...byWave(groups)]
      .sort(([a], [b]) => a - b)
      .map(([wave, members]) => ({
        id: `${folder.key}.${wave}`,
        title: `Phase ${folder.key}, wave ${wave}`,
        keys: members.flatMap(({ subtasks }) => subtasks.map(({ key }) => key)),
      })),
  );
}

function byWave(groups: readonly Group[]): Map<number, Group[]> {
  const waves = new Map<number, Group[]>();
  for (const group of groups) {
    const { wave } = group.document;
    if (wave !== null) waves.set(wave, [...(waves.get(wave) ?? []), group]);
  }
  return waves;
}

export function waveProblems(
  phases: readonly PhaseGroups[],
  all: readonly Group[],
  { edges, order }: GroupOrder,
): Problem[] {
  const folders = new Map(
    phases.flatMap(({ folder, groups }) => groups.map((group) => [group, folder] as const)),
  );
  const before = new Map<Group, Group[]>();
  for (const edge of edges) {
    const [from, to] = [all[edge.before], all[edge.after]];
    if (from !== undefined && to !== undefined && folders.get(from) === folders.get(to))
      before.set(to, [...(before.get(to) ?? []), from]);
  }
  const depths = new Map<Group, number>();
  for (const position of order) {
    const group = all[position];
    if (group === undefined) continue;
    const depth = Math.max(
      0,
      ...(before.get(group) ?? []).map((one) => (depths.get(one) ?? 0) + 1),
    );
    depths.set(group, depth);
  }
  return phases.flatMap(({ groups }) => [...mismatches(groups, depths), ...overlaps(groups)]);
}

function mismatches(groups: readonly Group[], depths: ReadonlyMap<Group, number>): Problem[] {
  const first = groups.some(({ document }) => document.wave === 0) ? 0 : 1;
  return groups.flatMap((group): Problem[] => {
    const { wave, front, path } = group.document;
    const computed = first + (depths.get(group) ?? 0);
    const at = front.values.get('wave');
    if (wave === null || at === undefined || wave === computed) return [];
    const message = `The plan is in wave ${wave}; by its dependencies it belongs into wave ${computed}. The dependencies decide.`;
    const expected = isWhole(at) ? String(computed) : undefined;
    return [problem('info', 'wave-mismatch', { ...at, path }, message, expected)];
  });
}

/** Plans of one wave that change the same file: they are kept apart when they run. */
function overlaps(groups: readonly Group[]): Problem[] {
  return [...byWave(groups).values()].flatMap((members) => {
    const owners = new Map<string, Group>();
    return members.flatMap((group): Problem[] => {
      const { files, front, path, wave } = group.document;
      const shared = files.find((file) => owners.has(file));
      const owner = owners.get(shared ?? '');
      for (const file of files) if (!owners.has(file)) owners.set(file, group);
      const at = front.values.get('files_modified');
      if (shared === undefined || owner === undefined || at === undefined) return [];
      const message = `${group.id} and ${owner.id} are both in wave ${wave ?? ''} and change ${shared}. They run one after the other.`;
      return [problem('warning', 'wave-file-overlap', { ...at, path }, message)];
    });
  });
}
