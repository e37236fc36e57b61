import { join } from 'node:path';
import { RunsheetError } from '../model/errors';
import type { RepositoryContext } from './context';
import { GitPlanBranch } from './git-plan-branch';
import { isRunBranch, planFolderName } from './names';
import { isBelow, statusPaths } from './status';
import { committedTreeOf, historyOf } from './trees';
import type { HistoryStep, PlanBranch, Repository } from './workspace';
import { addWorktree, branchExists } from './worktree-list';
import { clearStaleLocks, foldersOf, isHalfMade } from './worktree-state';

/** A checkout of the person's, and the worktrees that the engine makes beside it. */
export class GitRepository implements Repository {
  readonly root: string;
  private readonly branches = new Map<string, Promise<GitPlanBranch>>();

  constructor(
    private readonly context: RepositoryContext,
    readonly prefix: string,
  ) {
    this.root = context.root;
  }

  async head(): Promise<{ branch: string | null; commit: string }> {
    const { git } = this.context;
    const ref = await git.run(this.root, ['symbolic-ref', '--quiet', '--short', 'HEAD'], {
      accept: [0, 1],
    });
    const branch = ref.code === 0 ? ref.stdout.toString('utf8').trimEnd() : null;
    return { branch, commit: await this.resolve('HEAD') };
  }

  async resolve(ref: string): Promise<string> {
    const safe = ref !== '' && !ref.startsWith('-') && !ref.includes('\0');
    const question = ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`];
    const answer = safe
      ? await this.context.git.run(this.root, question, { accept: [0, 1, 128] })
      : null;
    if (answer?.code === 0) return answer.stdout.toString('utf8').trimEnd();
    throw new RunsheetError(
      'not_found',
      `${this.root} has no branch, tag or commit named ${JSON.stringify(ref)}.`,
      { ref },
    );
  }

  async dirtyPaths(except: readonly string[]): Promise<string[]> {
    const question = ['status', '--porcelain=v2', '-z', '--untracked-files=all'];
    const { stdout } = await this.context.git.run(this.root, question);
    return statusPaths(stdout).filter((path) => !isBelow(path, except));
  }

  openPlanBranch(branch: string, base: string): Promise<PlanBranch> {
    const open = this.branches.get(branch);
    if (open !== undefined) return open;
    const opening = this.context.writing.run(() => this.makePlanBranch(branch, base));
    this.branches.set(branch, opening);
    // One that failed may be tried again.
    opening.catch(() => this.branches.delete(branch));
    return opening;
  }

  async treeOf(ref: string): Promise<string> {
    const commit = await this.resolve(ref);
    return this.context.git.text(this.root, ['rev-parse', '--verify', `${commit}^{tree}`]);
  }

  async committedTree(worktree: string): Promise<{ tree: string; changed: boolean } | null> {
    const { git, files } = this.context;
    if ((await foldersOf(git, files, worktree)) === null) return null;
    return committedTreeOf(git, worktree);
  }

  async history(
    ref: string,
    since: string | null,
  ): Promise<{ steps: HistoryStep[]; isWhole: boolean }> {
    return historyOf(this.context.git, this.root, await this.resolve(ref), since);
  }

  private async makePlanBranch(branch: string, base: string): Promise<GitPlanBranch> {
    const { git, files, clock } = this.context;
    await this.checkName(branch);
    const path = join(this.context.worktrees, 'plans', planFolderName(branch));
    const found = await foldersOf(git, files, path);
    if (found === null || (await isHalfMade(found))) {
      if (found === null) await this.requireFree(path);
      const exists = await branchExists(this.context, branch);
      await addWorktree(this.context, path, branch, exists ? null : await this.resolve(base));
    } else {
      await clearStaleLocks(files, clock, found, branch);
    }
    const planBranch = new GitPlanBranch(this.context, branch, path, this.prefix);
    await planBranch.settle();
    return planBranch;
  }

  private async checkName(branch: string): Promise<void> {
    const valid = await this.context.git.run(this.root, ['check-ref-format', '--branch', branch], {
      accept: [0, 1, 128],
    });
    if (valid.code === 0 && !branch.startsWith('-') && !isRunBranch(branch)) return;
    throw new RunsheetError(
      'validation',
      `${JSON.stringify(branch)} cannot be the branch of a plan. Choose a name like runsheet/my-plan.`,
      { field: 'branch', value: branch },
    );
  }

  /** A folder that is no worktree of ours is not ours to empty. */
  private async requireFree(path: string): Promise<void> {
    const kind = await this.context.files.kind(path);
    if (kind === null) return;
    if (kind === 'directory' && (await this.context.files.list(path)).length === 0) return;
    throw new RunsheetError(
      'dirty_tree',
      `${path} is in the way: the plan's worktree belongs there, and this is none of ` +
        `${this.root}. Move it away and start again.`,
      { path },
    );
  }
}
