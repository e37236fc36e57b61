import type { PlanFormat, PlanSource } from '../format';
import { readingOf } from '../reading';
import { homesOf, isInPlace, isOwnFile, isSprintPath, partsAt, planPaths } from './places';
import { readSprint } from './sprint';
import { readSprintPlan } from './sprint-plan';
import { readStory, tasksOf } from './story';
import { readStoryPlan } from './story-plan';
import { writeStory, writeTask } from './write';

/** BMAD: `sprint-status.yaml` with its story files, or one story file alone. */
export const bmadFormat: PlanFormat = {
  name: 'bmad',
  title: 'BMAD',
  paths: planPaths,
  home: homesOf,
  parts: partsAt,
  detect,
  read(source) {
    if (!isSprintPath(source.path)) {
      const { plan, problems } = readStoryPlan(source);
      return readingOf([plan], problems);
    }
    const { plan, problems } = readSprintPlan(source);
    return readingOf(plan === null ? [] : [plan], problems);
  },
  write: (source, change) =>
    isSprintPath(source.path) ? writeStory(source, change) : writeTask(source, change),
};

function detect({ path, text }: PlanSource): boolean {
  if (isOwnFile(path)) return false;
  if (isSprintPath(path)) {
    if (!/^\uFEFF?development_status[ \t]*:/m.test(text)) return false;
    const { entries, storyLocation } = readSprint(text);
    return entries.length > 0 && isInPlace(path, storyLocation);
  }
  if (!/\.md$/i.test(path) || !/^\uFEFF?# +Story\b/im.test(text)) return false;
  const story = readStory({ path, text });
  return story.named && (story.status !== null || tasksOf(story).length > 0);
}
