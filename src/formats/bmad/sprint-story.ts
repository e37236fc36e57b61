import { subtaskDefaults, type Subtask } from '../../model/plan';
import type { SourceFile } from '../format';
import { rangeOf } from '../text';
import type { SprintEntry } from './sprint';
import { sectionText, tasksOf, type Story } from './story';
import { statusOf, storyWord } from './words';

/** A story of a sprint with its subtask and its file, for writing. */
export interface ReadStory {
  entry: SprintEntry;
  subtask: Subtask;
  file: StoryFile | null;
}

export interface StoryFile {
  source: SourceFile;
  story: Story;
}

export function sprintStory(entry: SprintEntry, key: string, file: StoryFile | null): ReadStory {
  const word = storyWord(entry.word?.text ?? '');
  const story = file?.story ?? null;
  const subtask: Subtask = {
    ...subtaskDefaults,
    key,
    keyOrigin: 'declared',
    id: entry.key,
    title: story?.title ?? entry.key.replace(/^\d+-\d+[a-z]?-/i, '').replaceAll('-', ' '),
    detail: story === null ? '' : detailOf(story),
    status: word === null ? 'needs_attention' : statusOf(word),
    fileStatus: entry.word?.text ?? null,
    notReady: word === 'backlog' ? 'The story is not written yet.' : null,
    dependsOn: [],
    files: [],
    labels: [],
    verification: story === null ? [] : verificationOf(story),
    checks: [],
    line: entry.line.number,
    range: rangeOf(entry.line),
    idRange: entry.keyRange,
  };
  return { entry, subtask, file };
}

/** What it is about, its Tasks with their ticks, and the notes. */
function detailOf(story: Story): string {
  const tasks = tasksOf(story).flatMap(({ line, below }) => [line, ...below]);
  const parts = [
    sectionText(story, /^(?:user )?story\b/i),
    tasks.map(({ text }) => text).join('\n'),
    sectionText(story, /^dev notes\b/i),
  ];
  return parts.filter((part) => part.trim() !== '').join('\n\n');
}

function verificationOf({ criteria, definitionOfDone }: Story): string[] {
  return [...criteria, ...definitionOfDone].map(({ text }) => text);
}
