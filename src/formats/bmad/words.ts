import type { SubtaskStatus } from '../../model/status';

// The status words of stories, epics and retrospectives.

export type StoryWord = 'backlog' | 'ready-for-dev' | 'in-progress' | 'review' | 'done';

const sprintWords: Readonly<Record<string, StoryWord>> = {
  backlog: 'backlog',
  'ready-for-dev': 'ready-for-dev',
  drafted: 'ready-for-dev',
  'in-progress': 'in-progress',
  review: 'review',
  done: 'done',
};

/** What a story's word in a sprint's status means; `null` when it is not known. */
export function storyWord(word: string): StoryWord | null {
  return lookedUp(sprintWords, word.trim().toLowerCase());
}

const fileWords: Readonly<Record<string, StoryWord>> = {
  backlog: 'backlog',
  draft: 'backlog',
  drafted: 'ready-for-dev',
  approved: 'ready-for-dev',
  ready: 'ready-for-dev',
  readyfordev: 'ready-for-dev',
  readytodev: 'ready-for-dev',
  readyfordevelopment: 'ready-for-dev',
  inprogress: 'in-progress',
  review: 'review',
  inreview: 'review',
  readyforreview: 'review',
  done: 'done',
  complete: 'done',
  completed: 'done',
};

/** What the `Status:` of a story file means: the words of version 4, too. */
export function storyFileWord(word: string): StoryWord | null {
  const [first = ''] = word.toLowerCase().split(/\s+[-–—(]|[,;.]/, 1);
  return lookedUp(fileWords, first.replace(/[^a-z]/g, ''));
}

function lookedUp(words: Readonly<Record<string, StoryWord>>, word: string): StoryWord | null {
  return Object.hasOwn(words, word) ? (words[word] ?? null) : null;
}

export function statusOf(word: StoryWord): SubtaskStatus {
  switch (word) {
    case 'backlog':
    case 'ready-for-dev':
      return 'pending';
    case 'in-progress':
      return 'in_progress';
    case 'review':
      return 'needs_attention';
    case 'done':
      return 'claimed';
  }
}

/**
 * The word to write; `null` where the method has none. `done` comes only after our checks or a
 * person's word; what an agent alone calls done is to be reviewed.
 */
export function wordFor(status: SubtaskStatus, hasFile: boolean): StoryWord | null {
  switch (status) {
    case 'pending':
      return hasFile ? 'ready-for-dev' : 'backlog';
    case 'in_progress':
      return 'in-progress';
    case 'in_review':
    case 'claimed':
      return 'review';
    case 'done':
      return 'done';
    case 'blocked':
    case 'needs_attention':
    case 'failed':
    case 'skipped':
    case 'cancelled':
      return null;
  }
}

export type EpicWord = 'backlog' | 'in-progress' | 'done';

export function epicWord(word: string): EpicWord | null {
  const folded = word.trim().toLowerCase();
  if (folded === 'contexted') return 'in-progress';
  return folded === 'backlog' || folded === 'in-progress' || folded === 'done' ? folded : null;
}

export function isRetrospectiveWord(word: string): boolean {
  return /^(?:optional|required|backlog|in-progress|done|skipped)$/i.test(word.trim());
}
