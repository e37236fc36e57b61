import { planDefaults, type Facts, type Plan, type Problem } from '../../model/plan';
import { perFile, type PlanSource } from '../format';
import { Keys } from '../keys';
import { duplicateId, problem } from '../problems';
import { baseName } from '../text';
import { Epics, type ReadEpic } from './epics';
import { readSprint, type Sprint } from './sprint';
import { sprintProblems } from './sprint-problems';
import { sprintStory, type StoryFile } from './sprint-story';
import { readStory } from './story';

const storyOf = perFile(readStory);

export interface SprintReading {
  sprint: Sprint;
  /** `null`: the file is no plan. */
  plan: Plan | null;
  epics: ReadEpic[];
  problems: Problem[];
}

/** A sprint's status with its story files: epics are the phases, stories the subtasks. */
export function readSprintPlan(source: PlanSource): SprintReading {
  const sprint = readSprint(source.text);
  if (!sprint.found) {
    const message = 'The file has no development_status, so it is no plan. It is never written to.';
    const found = problem('warning', 'no-plan-body', { line: 1, range: null }, message);
    return { sprint, plan: null, epics: [], problems: [found] };
  }
  const problems = [...sprint.problems];
  const files = storyFiles(source);
  const epics = new Epics(sprint, source, problems);
  const keys = new Keys();
  for (const entry of sprint.entries.filter(({ kind }) => kind === 'story')) {
    const { key, firstLine } = keys.take(entry.key, entry.line.number);
    const at = { line: entry.line.number, range: entry.keyRange };
    if (firstLine !== null) problems.push(duplicateId(at, entry.key, firstLine));
    epics.addStory(sprintStory(entry, key, files.get(entry.key) ?? null));
  }
  linkInOrder(epics.all);
  const plan: Plan = {
    ...planDefaults,
    format: 'bmad',
    title: sprint.project ?? source.path,
    facts: factsOf(sprint, epics.all, files),
    phases: epics.all.map(({ phase }) => phase),
    declaredPhases: epics.all.filter(({ entry }) => entry !== null).length,
  };
  const found = sprintProblems(sprint, epics.all);
  return { sprint, plan, epics: epics.all, problems: problems.concat(found) };
}

/** Story files by their names without `.md`, which are the keys of their stories. */
function storyFiles({ others }: PlanSource): Map<string, StoryFile> {
  const files = new Map<string, StoryFile>();
  for (const source of others?.values() ?? []) {
    const story = storyOf(source);
    // Side notes are named like stories, too.
    if (story.named) files.set(baseName(source.path).slice(0, -'.md'.length), { source, story });
  }
  return files;
}

/** Epics follow each other, and so do the stories of one epic. An epic without stories is passed over. */
function linkInOrder(epics: readonly ReadEpic[]): void {
  let before: string | null = null;
  for (const { phase, stories } of epics) {
    if (before !== null) phase.dependsOn.push({ id: before, kind: 'implied', range: null });
    if (stories.length > 0) before = phase.id ?? before;
    stories.forEach(({ subtask }, at) => {
      const last = stories[at - 1]?.subtask.key;
      if (last !== undefined) subtask.dependsOn.push({ id: last, kind: 'implied', range: null });
    });
  }
}

function factsOf(
  { entries, actions }: Sprint,
  epics: readonly ReadEpic[],
  files: ReadonlyMap<string, StoryFile>,
): Facts {
  const keys = (kind: string) =>
    entries.filter((entry) => entry.kind === kind).map(({ key }) => key);
  const inFile = keys('story');
  const inPlan = epics.flatMap(({ stories }) => stories.map(({ entry }) => entry.key));
  const open = (actions ?? [])
    .filter(({ status }) => /^(?:open|in-progress)$/i.test(status ?? ''))
    .map(({ text }) => text);
  const listed = new Set(inFile);
  const unlisted = [...files].flatMap(([key, { source }]) =>
    listed.has(key) ? [] : [source.path],
  );
  return {
    retrospectives: keys('retrospective').length,
    // The order of the file, where stories do not stand with their epics.
    ...(inFile.every((key, at) => key === inPlan[at]) ? {} : { ids: inFile }),
    ...(actions === null ? {} : { actions: actions.length }),
    ...(open.length === 0 ? {} : { openActions: open }),
    ...(unlisted.length === 0 ? {} : { unlistedStories: unlisted }),
  };
}
