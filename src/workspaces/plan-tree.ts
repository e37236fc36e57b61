import { join } from 'node:path';
import { RunsheetError } from '../model/errors';
import type { RepositoryContext } from './context';
import { copyIgnored } from './copy-ignored';
import { reshape, sparseFolders } from './sparse';
import { wholeTree, type TreeShape } from './workspace';
import { checkOut, registerWorktree } from './worktree-list';
import { clearStaleLocks, foldersOf, isHalfMade } from './worktree-state';

/** The files of a plan's branch, in a worktree of the engine's own. */
export class PlanTree {
  /** As it is asked for by now; the worktree follows with the next merge. */
  shape: TreeShape = wholeTree;

  constructor(
    private readonly context: RepositoryContext,
    readonly branch: string,
    readonly path: string,
    private readonly prefix: string,
  ) {}

  get sparse(): string[] {
    return sparseFolders(this.prefix, this.shape.sparse);
  }

  /**
   * Makes the worktree where there is none yet or any more. The branch begins at `start`, or exists
   * when that is `null`.
   * @throws RunsheetError as `registerWorktree`, `dirty_tree` when something else is in its place.
   */
  async ensure(start: string | null): Promise<void> {
    const { context, branch, path } = this;
    const { git, files, clock } = context;
    const found = await foldersOf(git, files, path);
    if (found !== null && !(await isHalfMade(files, path, found))) {
      await clearStaleLocks(files, clock, found, branch);
      return;
    }
    if (found === null) await this.requireFree();
    const place = { path, branch, start };
    await context.writing.run(() => registerWorktree(context, place));
    await checkOut(context, place, this.sparse);
  }

  /** Before a merge: the worktree is there, and holds the folders that it is asked to. */
  async prepare(): Promise<void> {
    const isThere = (await this.context.files.kind(join(this.path, '.git'))) !== null;
    if (!isThere) await this.ensure(null);
    await reshape(this.context, this.path, this.sparse);
  }

  /** Before checks: the ignored files that they need, as the person's checkout has them now. */
  async furnish(): Promise<void> {
    const { git, files, log, root } = this.context;
    await copyIgnored({ git, files, log }, root, this.path, this.shape.copy, { refresh: true });
  }

  /** A folder that is no worktree of ours is not ours to empty. */
  private async requireFree(): Promise<void> {
    const { context, path } = this;
    const kind = await context.files.kind(path);
    if (kind === null) return;
    if (kind === 'directory' && (await context.files.list(path)).length === 0) return;
    throw new RunsheetError(
      'dirty_tree',
      `${path} is in the way: the plan's worktree belongs there, and this is none of ` +
        `${context.root}. Move it away and start again.`,
      { path },
    );
  }
}
