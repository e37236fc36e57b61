import type { SubtaskStatus } from '../../model/status';

// The words that plans of this format use, as their tools and agents write them.

const statuses: Readonly<Record<string, SubtaskStatus>> = {
  pending: 'pending',
  not_started: 'pending',
  todo: 'pending',
  to_do: 'pending',
  backlog: 'pending',
  queued: 'pending',
  in_progress: 'in_progress',
  inprogress: 'in_progress',
  working: 'in_progress',
  completed: 'claimed',
  done: 'claimed',
  complete: 'claimed',
  completed_successfully: 'claimed',
  blocked: 'blocked',
  failed: 'failed',
  error: 'failed',
  skipped: 'skipped',
  cancelled: 'skipped',
};

/** The model's word for a subtask's status; `null` when it is not known. */
export function statusOfWord(word: string): SubtaskStatus | null {
  const folded = word
    .trim()
    .toLowerCase()
    .replace(/[-\s]+/g, '_');
  return Object.hasOwn(statuses, folded) ? (statuses[folded] ?? null) : null;
}

/** The words that the tool itself writes. */
export const ownWords: ReadonlySet<string> = new Set([
  'pending',
  'in_progress',
  'completed',
  'blocked',
  'failed',
]);

/** The word to write; `null` where the format has none. */
export function wordOfStatus(status: SubtaskStatus): string | null {
  switch (status) {
    case 'pending':
    case 'in_progress':
    case 'blocked':
    case 'failed':
      return status;
    case 'done':
    case 'claimed':
      return 'completed';
    case 'in_review':
    case 'needs_attention':
    case 'skipped':
    case 'cancelled':
      return null;
  }
}

export const planStatuses: ReadonlySet<string> = new Set(
  'backlog queue in_progress ai_review human_review done pr_created error pending planning coding review completed'.split(
    ' ',
  ),
);
export const boardStatuses: ReadonlySet<string> = new Set(
  'pending queued in_progress review completed'.split(' '),
);
/** Board columns that say that all is done, and that nothing is. */
export const finishedWords: ReadonlySet<string> = new Set(
  'done completed pr_created ai_review'.split(' '),
);
export const untouchedWords: ReadonlySet<string> = new Set('backlog pending queue'.split(' '));

export const workflowTypes: ReadonlySet<string> = new Set(
  'feature simple refactor investigation migration bugfix bug_fix development enhancement'.split(
    ' ',
  ),
);
export const verificationTypes: ReadonlySet<string> = new Set(
  'command browser manual e2e api none component'.split(' '),
);
