import { datedLike } from '../dates';
import {
  editsOf,
  type FileEdit,
  type PlanSource,
  type StatusChange,
  type TextEdit,
} from '../format';
import { tickEdits, usualTick } from '../ticks';
import { asYaml, type YamlWord } from '../yaml-words';
import type { SprintEntry } from './sprint';
import { readSprintPlan } from './sprint-plan';
import type { StoryFile } from './sprint-story';
import { readStoryPlan } from './story-plan';
import { epicWord, storyFileWord, storyWord, wordFor, type StoryWord } from './words';

/** The box of a Task. */
export function writeTask(source: PlanSource, { key, status }: StatusChange): FileEdit[] | null {
  const { tasks } = readStoryPlan(source);
  const found = tasks.find(({ subtask }) => subtask.key === key);
  if (found === undefined) return null;
  const tick = usualTick(tasks.map(({ task }) => task.box.mark));
  return editsOf(source, tickEdits(found.task.box, status, tick));
}

/**
 * The word behind a story's key, with the first story begun that of its epic, and where the file
 * keeps one the date of its last update; and the `Status:` of the story file. Epics are closed by
 * hand.
 */
export function writeStory(
  source: PlanSource,
  { key, status, at }: StatusChange,
): FileEdit[] | null {
  const { epics, sprint } = readSprintPlan(source);
  const epic = epics.find(({ stories }) => stories.some(({ subtask }) => subtask.key === key));
  const story = epic?.stories.find(({ subtask }) => subtask.key === key);
  if (epic === undefined || story === undefined) return null;
  const word = wordFor(status, story.file !== null);
  if (word === null || says(story.entry, word)) return [];
  const edits = [wordEdit(story.entry, word), ...dated(sprint.lastUpdated, at)];
  const { entry } = epic;
  if (word === 'in-progress' && entry !== null && epicWord(entry.word?.text ?? '') === 'backlog')
    edits.push(wordEdit(entry, 'in-progress'));
  edits.sort((one, other) => one.range.start - other.range.start);
  return [...editsOf(source, edits), ...fileEdits(story.file, word)];
}

/** A story that waits stays as it waits, whether its file is there or not. */
function says({ word }: SprintEntry, wanted: StoryWord): boolean {
  const own = storyWord(word?.text ?? '');
  const waits = (one: StoryWord | null) => one === 'backlog' || one === 'ready-for-dev';
  return own === wanted || (waits(own) && waits(wanted));
}

function wordEdit({ word, valueStart }: SprintEntry, text: string): TextEdit {
  if (word !== null) return { range: word.range, text: asYaml(text, word.quote) };
  return { range: { start: valueStart, end: valueStart }, text: ` ${text}` };
}

function dated(updated: YamlWord | null, at: string): TextEdit[] {
  const text = updated === null ? null : datedLike(updated.text, at);
  if (updated === null || text === null || text === updated.text) return [];
  return [{ range: updated.range, text: `${updated.quote}${text}${updated.quote}` }];
}

function fileEdits(file: StoryFile | null, word: StoryWord): FileEdit[] {
  const status = file?.story.status ?? null;
  if (file === null || status === null || storyFileWord(status.text) === word) return [];
  return editsOf(file.source, [{ range: status.range, text: word }]);
}
