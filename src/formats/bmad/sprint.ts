import type { Problem } from '../../model/plan';
import { problem } from '../problems';
import { linesOf, rangeOf, type Line } from '../text';
import { entriesByKey, wordOf, yamlEntries, type YamlEntry, type YamlWord } from '../yaml-words';

/** A key of `development_status` with its word. */
export interface SprintEntry extends YamlEntry {
  kind: 'epic' | 'story' | 'retrospective';
  /** Number of the epic, without leading zeros. */
  epic: string;
  /** `null`: nothing stands behind the colon. */
  word: YamlWord | null;
}

export interface Action {
  text: string;
  status: string | null;
}

export interface Sprint {
  /** `false`: there is no `development_status`, so the file is no plan. */
  found: boolean;
  entries: SprintEntry[];
  /** Titles of epics by their numbers, from the comments above them. */
  titles: ReadonlyMap<string, string>;
  project: string | null;
  storyLocation: string | null;
  lastUpdated: YamlWord | null;
  /** `null`: the file keeps none. */
  actions: Action[] | null;
  problems: Problem[];
}

/** Reads a sprint's status line by line: comments give it its structure, and are kept. */
export function readSprint(text: string): Sprint {
  const top = entriesByKey(yamlEntries(linesOf(text)));
  const status = top.get('development_status');
  const actions = top.get('action_items');
  const textAt = (key: string) => wordOf(top.get(key))?.text ?? null;
  const sprint: Sprint = {
    found: status !== undefined,
    entries: [],
    titles: new Map(),
    project: textAt('project'),
    storyLocation: textAt('story_location'),
    lastUpdated: wordOf(top.get('last_updated')),
    actions: actions === undefined ? null : actionsOf(actions.below),
    problems: [],
  };
  if (status !== undefined) readKeys(status.below, sprint);
  return sprint;
}

function readKeys(lines: readonly Line[], sprint: Sprint): void {
  const titles = new Map<string, string>();
  for (const line of lines) {
    const text = line.text.trim();
    if (text === '') continue;
    if (text.startsWith('#')) {
      const [, epic = '', title = ''] = epicComment.exec(text) ?? [];
      if (epic !== '') titles.set(withoutZeros(epic), withoutDecoration(title));
      continue;
    }
    const entry = keyOf(line);
    const at = { line: line.number, range: rangeOf(line) };
    if (entry === null) {
      const message = 'This line is no `key: status` and is not read.';
      sprint.problems.push(problem('info', 'unreadable-line', at, message));
      continue;
    }
    const known = kindOf(entry.key);
    if (known === null) {
      const message = `${entry.key} is neither an epic (epic-1), a story (1-2-name) nor a retrospective (epic-1-retrospective). It is kept and not read.`;
      sprint.problems.push(problem('info', 'unrecognised-key', at, message));
    } else sprint.entries.push({ ...entry, ...known, word: wordOf(entry) });
  }
  sprint.titles = titles;
}

const epicComment = /^#[^\p{L}\p{N}]*Epic\s+(\d{1,9})\s*[:—–-]\s*(\S.*)$/iu;

/** A title without the drawing around it. */
function withoutDecoration(title: string): string {
  return title.replace(/[\s─━═│┃║╔╗╚╝┌┐└┘=*#~_-]+$/u, '');
}

function keyOf(line: Line): YamlEntry | null {
  const text = line.text.trimStart();
  const start = line.start + line.text.length - text.length;
  return yamlEntries([{ ...line, start, text }])[0] ?? null;
}

function kindOf(key: string): Pick<SprintEntry, 'kind' | 'epic'> | null {
  const [, epic, retrospective] = /^epic-(\d{1,9})(-retrospective)?$/.exec(key) ?? [];
  if (epic !== undefined)
    return {
      kind: retrospective === undefined ? 'epic' : 'retrospective',
      epic: withoutZeros(epic),
    };
  const story = /^(\d{1,9})-\d{1,9}[a-z]?-\S+$/i.exec(key)?.[1];
  return story === undefined ? null : { kind: 'story', epic: withoutZeros(story) };
}

export function withoutZeros(number: string): string {
  return number.replace(/^0+(?=\d)/, '');
}

function actionsOf(lines: readonly Line[]): Action[] {
  const actions: Action[] = [];
  for (const line of lines) {
    const [lead = '', dash] = /^\s*(-\s+)?/.exec(line.text) ?? [];
    if (dash !== undefined) actions.push({ text: '', status: null });
    const action = actions.at(-1);
    const entry = keyOf({
      ...line,
      start: line.start + lead.length,
      text: line.text.slice(lead.length),
    });
    const text = entry === null ? '' : (wordOf(entry)?.text ?? '');
    if (action === undefined || entry === null) continue;
    if (entry.key === 'action') action.text = text;
    if (entry.key === 'status') action.status = text;
  }
  return actions;
}
