import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RunsheetError } from '../model/errors';
import type { RepositoryContext } from './context';
import { splitNul } from './git';
import { runBranchOf, runBranches } from './names';
import { statusPaths } from './status';
import type { LostWork, OwnWorktree, WorktreeInspection } from './workspace';
import { discardWorktree, registeredWorktrees } from './worktree-list';
import { foldersOf, isHalfMade } from './worktree-state';

type Kind = OwnWorktree['kind'];
type Condition = WorktreeInspection['condition'];

const folders: Readonly<Record<Kind, string>> = { run: 'runs', plan: 'plans' };
const nothing: LostWork = { uncommitted: [], unmerged: [], digest: null };

/** The worktrees of a workspace as they lie on the disk and in git's list, and their removal. */
export class OwnWorktrees {
  constructor(private readonly context: RepositoryContext) {}

  async inspect(worktree: OwnWorktree): Promise<WorktreeInspection> {
    const condition = await this.conditionOf(worktree.path);
    return { condition, lost: await this.lostWith(worktree, condition) };
  }

  /** Looks once more what would be lost; what `agreed` does not cover is kept. */
  async remove(id: string, agreed: string | null): Promise<void> {
    const { context } = this;
    const place = await this.placeOf(id);
    await context.writing.run(async () => {
      const { lost } = await this.inspect(place);
      if (lost.digest !== null && lost.digest !== agreed) throw wouldBeLost(place, lost);
      await discardWorktree(context, place.path);
      if (place.kind === 'run' && place.branch !== null)
        await context.git.run(context.root, ['update-ref', '-d', `refs/heads/${place.branch}`]);
    });
    context.inUse.delete(place.path);
  }

  private async placeOf(id: string): Promise<OwnWorktree> {
    const place = (await this.list()).find((one) => one.id === id);
    if (place !== undefined) return place;
    throw new RunsheetError('not_found', `There is no worktree ${id}.`, { entity: 'worktree', id });
  }

  /** What lies in our folders, and what git has registered there although it is gone. */
  async list(): Promise<OwnWorktree[]> {
    const { files, worktrees, inUse } = this.context;
    const registered = await registeredWorktrees(this.context);
    const checkedOut = new Map(registered.map(({ path, branch }) => [path, branch]));
    const places = new Map<string, OwnWorktree>();
    for (const kind of ['run', 'plan'] as const) {
      const folder = join(worktrees, folders[kind]);
      const isThere = (await files.kind(folder)) === 'directory';
      const listed = isThere ? await files.list(folder) : [];
      const names = listed.flatMap((entry) => (entry.kind === 'directory' ? [entry.name] : []));
      const gone = registered.filter(({ path }) => dirname(path) === folder);
      for (const name of [...names, ...gone.map(({ path }) => basename(path))].sort()) {
        const path = join(folder, name);
        const branch = kind === 'run' ? runBranchOf(name) : (checkedOut.get(path) ?? null);
        const id = `${folders[kind]}/${name}`;
        places.set(path, { id, kind, path, branch, inUse: inUse.has(path) });
      }
    }
    return [...places.values()];
  }

  private async conditionOf(path: string): Promise<Condition> {
    const { git, files, root } = this.context;
    if ((await files.kind(path)) === null) return 'gone';
    const found = await foldersOf(git, files, path);
    const own = await foldersOf(git, files, root);
    if (found === null || found.commonDirectory !== own?.commonDirectory) return 'folder';
    return (await isHalfMade(files, path, found)) ? 'half_made' : 'whole';
  }

  private async lostWith(place: OwnWorktree, condition: Condition): Promise<LostWork> {
    if (place.kind === 'plan' && !(await this.isBetweenMerges(place, condition))) return nothing;
    const uncommitted = await this.uncommitted(place.path, condition);
    const unmerged = await this.unmerged(place, condition);
    if (uncommitted.length === 0 && unmerged.length === 0) return nothing;
    const commits = unmerged.map(({ commit }) => commit);
    const ages = await Promise.all(uncommitted.map((one) => ageOf(join(place.path, one))));
    const content = JSON.stringify([uncommitted, ages, commits]);
    const digest = createHash('sha256').update(content).digest('hex');
    return { uncommitted, unmerged, digest };
  }

  /** HEAD is detached while a plan's worktree merges: what was interrupted then is done anew. */
  private async isBetweenMerges({ path }: OwnWorktree, condition: Condition): Promise<boolean> {
    if (condition !== 'whole') return true;
    const { git } = this.context;
    return git.asks(path, ['symbolic-ref', '--quiet', 'HEAD']);
  }

  private async uncommitted(path: string, condition: Condition): Promise<string[]> {
    const { git, files } = this.context;
    if (condition === 'folder') return (await files.list(path)).map(({ name }) => name).sort();
    if (condition !== 'whole') return [];
    const status = ['status', '--porcelain=v2', '-z', '--untracked-files=all'];
    const { stdout } = await git.run(path, [...status, '--ignore-submodules=none']);
    return [...new Set(statusPaths(stdout))].sort();
  }

  private async unmerged(
    { kind, path, branch }: OwnWorktree,
    condition: Condition,
  ): Promise<LostWork['unmerged']> {
    const { git, root } = this.context;
    const tips = kind === 'run' && branch !== null ? [`refs/heads/${branch}`] : [];
    const known = await Promise.all([
      ...tips.map((ref) => this.commitOf(root, ref)),
      ...(condition === 'whole' ? [this.commitOf(path, 'HEAD')] : []),
    ]);
    const commits = known.flatMap((commit) => commit ?? []);
    if (commits.length === 0) return [];
    const kept = [`--exclude=${runBranches}`, '--branches', '--remotes', '--tags'];
    const { stdout } = await git.run(root, [
      ...['log', '-z', '--format=%H %s', ...commits, '--not', ...kept, '--'],
    ]);
    return splitNul(stdout).map((line) => ({ commit: line.slice(0, 40), subject: line.slice(41) }));
  }

  private async commitOf(cwd: string, ref: string): Promise<string | null> {
    const question = ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`];
    const { code, stdout } = await this.context.git.run(cwd, question, { accept: [0, 1, 128] });
    return code === 0 ? stdout.toString('utf8').trimEnd() : null;
  }
}

/** Tells the content of a path from what it was before. */
async function ageOf(path: string): Promise<string> {
  const stats = await lstat(path).catch(() => null);
  return stats === null ? '' : `${stats.size} ${stats.mtimeMs}`;
}

function wouldBeLost({ id, path }: OwnWorktree, lost: LostWork): RunsheetError {
  const { uncommitted, unmerged } = lost;
  const parts = [
    ...(uncommitted.length === 0 ? [] : [`changes in ${uncommitted.slice(0, 5).join(', ')}`]),
    ...(unmerged.length === 0
      ? []
      : [`commits (${unmerged.map((one) => one.subject).join('; ')})`]),
  ];
  return new RunsheetError(
    'version_conflict',
    `${id} was kept: it has ${parts.join(' and ')} that nobody agreed to lose.`,
    { id, path, lost },
  );
}
