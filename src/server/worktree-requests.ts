import { cleanWorktrees, listWorktrees, type WorktreeView } from '../protocol/worktree-messages';
import type { KeptWorktree } from '../runs/worktree-keeper';
import type { EngineContext } from './engine-context';
import { handler, trusting, type Handler } from './handler';

type LostWork = KeptWorktree['lost'];

/** What worktrees and stored outputs take of the disk. Git runs what a repository configures. */
export function worktreeHandlers({ worktrees, artifactKeeper }: EngineContext): Handler[] {
  return [
    handler(
      listWorktrees,
      trusting(async () => ({
        worktrees: (await worktrees.list()).map(worktreeView),
        artifacts: await artifactKeeper.usage(),
      })),
    ),
    handler(
      cleanWorktrees,
      trusting(async ({ artifacts, ...request }, { actor }) => {
        const { removed, kept } = await worktrees.clean(request);
        const given =
          artifacts === undefined
            ? { files: 0, bytes: 0 }
            : await artifactKeeper.prune(artifacts, actor);
        return { removed: removed.map(worktreeView), kept, artifacts: given };
      }),
    ),
  ];
}

function worktreeView(kept: KeptWorktree): WorktreeView {
  const { worktree, state, plan, subtask, run, bytes, lost } = kept;
  const { id, kind, path, branch } = worktree;
  return {
    ...{ id, kind, state, path, branch, bytes },
    planId: plan?.plan.id ?? null,
    planPath: plan?.entry.path ?? null,
    subtaskKey: subtask?.subtask_key ?? null,
    runId: run?.id ?? null,
    text: textOf(kept),
    lost: lostView(lost),
  };
}

const mostNamed = 50;

function lostView({ uncommitted, unmerged, digest }: LostWork): WorktreeView['lost'] {
  if (digest === null) return null;
  return {
    uncommitted: uncommitted.slice(0, mostNamed),
    uncommittedCount: uncommitted.length,
    unmerged: unmerged.slice(0, mostNamed),
    unmergedCount: unmerged.length,
    digest,
  };
}

function textOf({ worktree, state, live, lost, condition }: KeptWorktree): string {
  const { branch } = worktree;
  if (live !== null) return live;
  switch (state) {
    case 'work':
      return condition === 'folder'
        ? `Git does not know it any more. It holds ${few(lost.uncommitted)}.`
        : workText(lost);
    case 'merged':
      return 'Nothing in it would be lost.';
    case 'checks':
      return 'Checks left it when their engine ended.';
    case 'plan':
      return branch === null ? 'It is made again.' : `It is made again; ${branch} stays.`;
    default:
      return condition === 'gone'
        ? 'Its folder was deleted.'
        : 'A crash left it before anything was done in it.';
  }
}

function workText({ uncommitted, unmerged }: LostWork): string {
  const files = uncommitted.length === 1 ? 'an uncommitted file' : 'uncommitted files';
  const commits =
    unmerged.length === 1 ? '1 unmerged commit' : `${unmerged.length} unmerged commits`;
  const parts = [
    ...(uncommitted.length === 0 ? [] : [`${files}: ${few(uncommitted)}`]),
    ...(unmerged.length === 0
      ? []
      : [`${commits}: ${few(unmerged.map(({ subject }) => subject))}`]),
  ];
  return `Has ${parts.join('; ')}.`;
}

const few = (names: readonly string[]): string =>
  names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
