import type { Clock } from '../platform/clock';
import type { Files } from '../platform/files';
import type { Log } from '../platform/log';
import type { Mutex } from '../platform/mutex';
import type { Git } from './git';

/** What git-backed workspaces are made with. */
export interface WorkspaceTools {
  git: Git;
  files: Files;
  clock: Clock;
  log: Log;
}

export interface RepositoryOptions {
  /** Folder for the worktrees of all repositories; `null`: beside each repository. */
  worktreeParent: string | null;
}

/** What the worktrees of one repository share. */
export interface RepositoryContext extends WorkspaceTools {
  root: string;
  /** Folder of all worktrees that the engine makes. */
  worktrees: string;
  /** `-c` arguments for commands that make commits. */
  identity: readonly string[];
  /** Paths of run worktrees that this engine has made and not done with. */
  inUse: Set<string>;
  /** Held while git writes what all worktrees share: refs, the list of worktrees. */
  writing: Mutex;
}
