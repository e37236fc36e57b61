import { RunsheetError } from '../model/errors';
import { Mutex } from '../platform/mutex';
import type { RepositoryContext } from './context';
import { commitMerge, mergeCommit } from './merge-commit';
import type { PlanTree } from './plan-tree';
import { statusPaths } from './status';
import type { MergeResult, MergeTurn } from './workspace';

const mostAttempts = 3;

export type Verify = (merged: { path: string; commit: string }) => Promise<boolean>;

/**
 * Merges into a plan's branch, in the branch's own worktree. While it works there HEAD is detached:
 * a detached HEAD found later is the sign of a merge that was interrupted, and everything
 * uncommitted beside an attached one is somebody else's.
 */
export class Merger {
  private readonly ref: string;
  private readonly branch: string;
  private readonly path: string;
  private readonly turns = new Mutex();

  constructor(
    private readonly context: RepositoryContext,
    private readonly tree: PlanTree,
  ) {
    this.branch = tree.branch;
    this.path = tree.path;
    this.ref = `refs/heads/${tree.branch}`;
  }

  get ahead(): number {
    return this.turns.ahead;
  }

  /** Does something with the worktree while nothing is merged in it. */
  between<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.run(work);
  }

  /** The branch's commit. */
  head(): Promise<string> {
    const { git, root } = this.context;
    return git.text(root, ['rev-parse', '--verify', `${this.ref}^{commit}`]);
  }

  /** Cleans up after a merge that was interrupted. */
  async settle(): Promise<void> {
    if ((await this.checkedOut()) === null) await this.restore();
  }

  merge(
    commit: string,
    message: string,
    verify: Verify,
    { signal, onTurn }: MergeTurn = {},
  ): Promise<MergeResult> {
    const left: MergeResult = { kind: 'refused' };
    let isServed = false;
    const served = this.turns.run(async () => {
      if (signal?.aborted === true) return left;
      isServed = true;
      await onTurn?.();
      return this.serve(commit, message, verify);
    });
    if (signal === undefined) return served;
    const leaving = new Promise<MergeResult>((resolve) => {
      const leave = (): void => {
        if (!isServed) resolve(left);
      };
      signal.addEventListener('abort', leave, { once: true });
    });
    return Promise.race([served, leaving]);
  }

  private async serve(commit: string, message: string, verify: Verify): Promise<MergeResult> {
    await this.tree.prepare();
    await this.settle();
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      await this.requireUntouched();
      const result = await this.tryMerge(commit, message, verify);
      if (result !== null) return result;
    }
    throw new RunsheetError(
      'version_conflict',
      `The branch ${this.branch} was moved by somebody else during each of ${mostAttempts} merges.`,
      { branch: this.branch, commit },
    );
  }

  /** `null`: the branch was moved by somebody else in the meantime. */
  private async tryMerge(
    commit: string,
    message: string,
    verify: Verify,
  ): Promise<MergeResult | null> {
    const { git } = this.context;
    const before = await this.head();
    await git.run(this.path, ['update-ref', '--no-deref', 'HEAD', before]);
    try {
      if (await git.asks(this.path, ['merge-base', '--is-ancestor', commit, before])) {
        // What stands there already is judged, as it would be after a merge.
        await this.tree.furnish();
        const passed = await verify({ path: this.path, commit: before });
        return passed ? { kind: 'nothing_to_merge', commit: before } : { kind: 'refused' };
      }
      const conflicts = await mergeCommit(this.context, this.path, commit);
      if (conflicts.length > 0) return { kind: 'conflict', paths: conflicts };
      const merged = await this.commitHere(message);
      await this.tree.furnish();
      if (!(await verify({ path: this.path, commit: merged }))) return { kind: 'refused' };
      const moved = await this.advance(merged, before);
      return moved ? { kind: 'merged', commit: merged } : null;
    } finally {
      await this.restore();
    }
  }

  private async commitHere(message: string): Promise<string> {
    await commitMerge(this.context, this.path, message);
    return this.context.git.text(this.path, ['rev-parse', 'HEAD']);
  }

  private async advance(merged: string, before: string): Promise<boolean> {
    const { git, writing } = this.context;
    const args = ['update-ref', '-m', 'runsheet: merge', this.ref, merged, before];
    const accept = [0, 128];
    const { code } = await writing.run(() => git.run(this.path, args, { accept }));
    if (code === 0) return true;
    const now = await this.head();
    // Not the branch's movement but something else, such as a full disk.
    if (now === before) await git.run(this.path, args);
    return now === before;
  }

  /** The worktree as the branch has it. HEAD is detached first, so that no branch is reset. */
  private async restore(): Promise<void> {
    const { git } = this.context;
    const head = await this.head();
    await git.run(this.path, ['update-ref', '--no-deref', 'HEAD', head]);
    await git.run(this.path, ['reset', '--hard', '--quiet', head]);
    await git.run(this.path, ['clean', '-ffdq']);
    await git.run(this.path, ['symbolic-ref', 'HEAD', this.ref]);
  }

  /** The ref that is checked out in the worktree; `null` when HEAD is detached. */
  private async checkedOut(): Promise<string | null> {
    const args = ['symbolic-ref', '--quiet', 'HEAD'];
    const { code, stdout } = await this.context.git.run(this.path, args, { accept: [0, 1] });
    return code === 0 ? stdout.toString('utf8').trimEnd() : null;
  }

  private async requireUntouched(): Promise<void> {
    const status = ['status', '--porcelain=v2', '-z', '--untracked-files=normal'];
    const paths = statusPaths((await this.context.git.run(this.path, status)).stdout);
    const attached = await this.checkedOut();
    if (paths.length === 0 && attached === this.ref) return;
    const what =
      attached === this.ref ? `changes in ${paths.slice(0, 5).join(', ')}` : 'another branch';
    throw new RunsheetError(
      'dirty_tree',
      `The plan's worktree ${this.path} has ${what} that Runsheet did not make. Nothing was ` +
        `merged. Commit or discard it there, with ${this.branch} checked out, and try again.`,
      { path: this.path, paths, branch: attached },
    );
  }
}
