import { InvalidArgumentError, type Command } from 'commander';
import { bytesText, readBytes } from '../model/bytes';
import { cleanWorktrees, listWorktrees, type WorktreeView } from '../protocol/worktree-messages';
import { exitCodes } from './io';
import { print, type Asking } from './queries';

type Act = (act: (asking: Asking) => Promise<number>) => Promise<void>;

interface CleanOptions {
  allMerged: boolean;
  discard?: string[];
  artifactsOlderThan?: number;
  artifactsOver?: number;
}

/** The commands about what runs leave on the disk. */
export function addWorktreeCommands(program: Command, asking: Act): void {
  const worktrees = program
    .command('worktrees')
    .description('worktrees of plans and runs: their size, and what would be lost with each')
    .action(() => asking(worktreesCommand));
  worktrees
    .command('clean')
    .description('delete worktrees; work that is nowhere else only when its worktree is named')
    .option('--all-merged', 'all in which nothing would be lost', false)
    .option('--discard <id...>', 'these, with the work in them')
    .option('--artifacts-older-than <age>', 'stored outputs too, such as 30d or 12h', age)
    .option('--artifacts-over <size>', 'the oldest stored outputs above 500MB, 2GB, …', size)
    .action((options: CleanOptions) => asking((ask) => cleanCommand(ask, options)));
}

export async function worktreesCommand(asking: Asking): Promise<number> {
  const answer = await asking.client.request(listWorktrees, {});
  const { worktrees, artifacts } = answer;
  const total = worktrees.reduce((sum, { bytes }) => sum + bytes, 0);
  const lines = [
    ...worktrees.flatMap(worktreeLines),
    `${worktrees.length} worktrees, ${bytesText(total)}; ${artifacts.files} stored outputs, ${bytesText(artifacts.bytes)}`,
  ];
  return print(asking, answer, lines);
}

/** Exit code 1 when something that was named is still there. */
export async function cleanCommand(asking: Asking, options: CleanOptions): Promise<number> {
  const { allMerged, discard = [], artifactsOlderThan, artifactsOver } = options;
  // Naming a worktree agrees to lose what is in it now, and nothing that comes later.
  const { worktrees } = await asking.client.request(listWorktrees, {});
  const digests = new Map(worktrees.map(({ id, lost }) => [id, lost?.digest ?? null]));
  const prunes = artifactsOlderThan !== undefined || artifactsOver !== undefined;
  const answer = await asking.client.request(cleanWorktrees, {
    allMerged,
    discard: discard.map((id) => ({ id, digest: digests.get(id) ?? null })),
    ...(prunes
      ? { artifacts: { olderThanMs: artifactsOlderThan ?? null, maxBytes: artifactsOver ?? null } }
      : {}),
  });
  const { removed, kept, artifacts } = answer;
  const freed = removed.reduce((sum, { bytes }) => sum + bytes, artifacts.bytes);
  const lines = [
    ...removed.flatMap((one) => [`deleted ${one.id} (${bytesText(one.bytes)})`, ...lostLines(one)]),
    ...kept.map(({ id, reason }) => `kept ${id}: ${reason}`),
    ...(artifacts.files === 0 ? [] : [`pruned ${artifacts.files} stored outputs`]),
    `${bytesText(freed)} reclaimed`,
  ];
  print(asking, answer, lines);
  return kept.length === 0 ? exitCodes.ok : exitCodes.failed;
}

function worktreeLines(one: WorktreeView): string[] {
  const whose = [one.planPath, one.subtaskKey].filter((part) => part !== null).join(' ');
  const head = [one.id, one.state, bytesText(one.bytes), ...(whose === '' ? [] : [whose])];
  return [`${head.join(' · ')}: ${one.text}`, ...lostLines(one)];
}

/** Commits by their hashes: `git branch NAME HASH` brings one back for some weeks. */
function lostLines({ lost }: WorktreeView): string[] {
  if (lost === null) return [];
  const { uncommitted, uncommittedCount, unmerged, unmergedCount } = lost;
  return [
    ...uncommitted.map((path) => `  file ${path}`),
    ...more(uncommittedCount - uncommitted.length),
    ...unmerged.map(({ commit, subject }) => `  commit ${commit.slice(0, 12)} ${subject}`),
    ...more(unmergedCount - unmerged.length),
  ];
}

function more(count: number): string[] {
  return count > 0 ? [`  … and ${count} more`] : [];
}

/** Milliseconds. */
function age(text: string): number {
  const [, number, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  const hours = { h: 1, d: 24, w: 168 }[unit ?? ''];
  if (number !== undefined && hours !== undefined) return Number(number) * hours * 3_600_000;
  throw new InvalidArgumentError('Write an age in hours, days or weeks, such as 12h, 30d or 8w.');
}

/** Bytes. */
function size(text: string): number {
  const bytes = readBytes(text);
  if (bytes !== null) return bytes;
  throw new InvalidArgumentError('Write a size such as 500MB or 2GB.');
}
