import type { SubtaskStatus } from '../../model/status';
import type { BacklogConfig } from './config';

// Status words are free text of the project; their order in its configuration is its workflow.

const usual = ['To Do', 'In Progress', 'Done'];

const known: Readonly<Record<string, SubtaskStatus>> = {
  done: 'claimed',
  completed: 'claimed',
  'in progress': 'in_progress',
  'to do': 'pending',
  todo: 'pending',
  backlog: 'pending',
  draft: 'pending',
  "won't do": 'skipped',
  'wont do': 'skipped',
  skipped: 'skipped',
  cancelled: 'skipped',
  canceled: 'skipped',
  blocked: 'blocked',
  failed: 'failed',
  review: 'needs_attention',
  'in review': 'needs_attention',
  testing: 'needs_attention',
};

export interface StatusReading {
  status: SubtaskStatus;
  /** Whether the word is one of the project's, or one that every project knows. */
  known: boolean;
}

/** What the words of a project mean. */
export class Words {
  readonly statuses: readonly string[];
  private readonly own: boolean;
  private readonly positions: ReadonlyMap<string, number>;

  constructor(private readonly config: BacklogConfig) {
    this.own = config.statuses.length > 0;
    this.statuses = this.own ? config.statuses : usual;
    this.positions = new Map(this.statuses.map((word, position) => [fold(word), position]));
  }

  read(word: string): StatusReading {
    const status = this.meaning(word);
    const listed = this.positions.has(fold(word)) || (!this.own && status !== null);
    return { status: status ?? 'needs_attention', known: listed };
  }

  /** The project's own word for what is done. */
  get doneWord(): string {
    return this.statuses.findLast((word) => this.meaning(word) === 'claimed') ?? 'Done';
  }

  isDoneWord(word: string): boolean {
    return fold(word) === fold(this.doneWord);
  }

  /** What a task without a status counts as. */
  get initial(): string {
    return this.config.defaultStatus ?? this.statuses[0] ?? 'To Do';
  }

  /** The project's word for a status; `null` where it has none. */
  wordFor(status: SubtaskStatus): string | null {
    switch (status) {
      case 'done':
      case 'claimed':
        return this.doneWord;
      case 'pending':
        return this.pendingWord();
      case 'in_review':
        return this.first('needs_attention');
      case 'cancelled':
        return this.first('skipped');
      case 'in_progress':
        return this.named('in progress', status) ?? this.first(status);
      case 'blocked':
      case 'needs_attention':
      case 'failed':
      case 'skipped':
        return this.first(status);
    }
  }

  private pendingWord(): string | null {
    const { defaultStatus } = this.config;
    const usable = (word: string) => this.meaning(word) === 'pending' && !isDraft(word);
    if (defaultStatus !== null && usable(defaultStatus) && this.positions.has(fold(defaultStatus)))
      return this.spelled(defaultStatus);
    return this.statuses.find(usable) ?? null;
  }

  private named(folded: string, status: SubtaskStatus): string | null {
    const word = this.statuses[this.positions.get(folded) ?? -1];
    return word !== undefined && this.meaning(word) === status ? word : null;
  }

  private first(status: SubtaskStatus): string | null {
    return this.statuses.find((word) => this.meaning(word) === status) ?? null;
  }

  private spelled(word: string): string {
    return this.statuses[this.positions.get(fold(word)) ?? -1] ?? word;
  }

  private meaning(word: string): SubtaskStatus | null {
    const folded = fold(word);
    const position = this.positions.get(folded);
    const usualMeaning = Object.hasOwn(known, folded) ? (known[folded] ?? null) : null;
    // A workflow may end with a word for what is given up; that is not done.
    if (position === this.statuses.length - 1 && usualMeaning !== 'skipped') return 'claimed';
    if (usualMeaning !== null) return usualMeaning;
    if (position === undefined) return null;
    return position === 0 ? 'pending' : 'in_progress';
  }
}

export function isDraft(word: string): boolean {
  return fold(word) === 'draft';
}

/** Case, signs before the word, and `-` or `_` for a blank do not count. */
function fold(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .replace(/[\s_-]+/g, ' ')
    .replaceAll('’', "'");
}
