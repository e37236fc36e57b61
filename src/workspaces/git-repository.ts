import { join } from 'node:path';
import { RunsheetError } from '../model/errors';
import type { RepositoryContext } from './context';
import { GitPlanBranch } from './git-plan-branch';
import { isRunBranch, planFolderName } from './names';
import { isBelow, statusPaths } from './status';
import { committedTreeOf, historyOf } from './trees';
import { OwnWorktrees } from './own-worktrees';
import type {
  HistoryStep,
  OwnWorktree,
  PlanBranch,
  Repository,
  TreeShape,
  WorktreeInspection,
} from './workspace';
import { branchExists } from './worktree-list';
import { foldersOf } from './worktree-state';

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

  async openPlanBranch(branch: string, base: string, shape: TreeShape): Promise<PlanBranch> {
    let opening = this.branches.get(branch);
    if (opening === undefined) {
      opening = this.makePlanBranch(branch, base, shape);
      this.branches.set(branch, opening);
      // One that failed may be tried again.
      opening.catch(() => this.branches.delete(branch));
    }
    const planBranch = await opening;
    planBranch.shape = shape;
    return planBranch;
  }

  ownWorktrees(): Promise<OwnWorktree[]> {
    return new OwnWorktrees(this.context).list();
  }

  inspectWorktree(worktree: OwnWorktree): Promise<WorktreeInspection> {
    return new OwnWorktrees(this.context).inspect(worktree);
  }

  async removeWorktree(id: string, agreed: string | null): Promise<void> {
    const own = new OwnWorktrees(this.context);
    const branch = [...this.branches.keys()].find((name) => id === `plans/${planFolderName(name)}`);
    const open = await this.branches.get(branch ?? '');
    if (open === undefined) await own.remove(id, agreed);
    else await open.between(() => own.remove(id, agreed));
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

  private async makePlanBranch(
    branch: string,
    base: string,
    shape: TreeShape,
  ): Promise<GitPlanBranch> {
    await this.checkName(branch);
    const path = join(this.context.worktrees, 'plans', planFolderName(branch));
    const planBranch = new GitPlanBranch(this.context, branch, path, this.prefix);
    planBranch.shape = shape;
    const exists = await branchExists(this.context, branch);
    await planBranch.open(exists ? null : await this.resolve(base));
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
}
