import type { SubtaskStatus } from '../../model/status';

// The words by which lists and logs of this family say a status. All of them are claims.

const statuses: Readonly<Record<string, SubtaskStatus>> = {
  ...byWord(
    'claimed',
    'done complete completed pass passed passing verified implemented finished shipped',
  ),
  ...byWord('in_progress', 'in_progress wip active started analyzing implementing'),
  ...byWord('pending', 'pending todo not_started planned open backlog new ready spec_ready'),
  ...byWord('blocked', 'blocked on_hold waiting'),
  ...byWord('failed', 'failed failing error broken'),
  ...byWord('skipped', 'skipped n/a cancelled deferred wontfix removed'),
};

function byWord(status: SubtaskStatus, words: string): Record<string, SubtaskStatus> {
  return Object.fromEntries(words.split(' ').map((word) => [word, status]));
}

/** The model's word for a status word; `null` when it is not known. */
export function statusOfWord(word: string): SubtaskStatus | null {
  const folded = word
    .trim()
    .toLowerCase()
    .replace(/[-_\s]+/g, '_');
  return Object.hasOwn(statuses, folded) ? (statuses[folded] ?? null) : null;
}

/** What the first one or two words of a text say: `PASSING (again)`, `VERIFIED (no regression)`. */
export function statusOfPhrase(text: string): SubtaskStatus | null {
  const words = text
    .slice(0, 200)
    .replace(/^[^\p{L}]+/u, '')
    .split(/[^\p{L}\p{N}/_-]+/u)
    .filter((word) => word !== '');
  const [first = '', second = ''] = words[0]?.toUpperCase() === 'STILL' ? words.slice(1) : words;
  return statusOfWord(`${first} ${second}`) ?? statusOfWord(first);
}

/** The word for a status in a file that has none of its own for it; `null`: there is none. */
export function usualWord(status: SubtaskStatus): string | null {
  switch (status) {
    case 'done':
    case 'claimed':
      return 'done';
    case 'pending':
    case 'in_progress':
    case 'blocked':
    case 'failed':
      return status;
    case 'skipped':
    case 'in_review':
    case 'needs_attention':
    case 'cancelled':
      return null;
  }
}
