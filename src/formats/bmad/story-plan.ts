import {
  phaseDefaults,
  planDefaults,
  subtaskDefaults,
  type Facts,
  type Phase,
  type Plan,
  type Problem,
  type Subtask,
} from '../../model/plan';
import type { PlanSource } from '../format';
import { Keys } from '../keys';
import { slug } from '../text';
import { isTick } from '../ticks';
import { criteriaOf, type Criterion, type TaskReferences } from './criteria';
import { readStory, sectionText, tasksOf, type Story, type StoryTask } from './story';
import { storyProblems } from './story-problems';

/** A Task with its subtask, for writing. */
export interface ReadTask {
  task: StoryTask;
  subtask: Subtask;
}

export interface StoryReading {
  plan: Plan;
  tasks: ReadTask[];
  problems: Problem[];
}

/** One story file alone: its Tasks are the subtasks, taken in order. */
export function readStoryPlan(source: PlanSource): StoryReading {
  const story = readStory(source);
  const keys = { tasks: new Keys(), phases: new Keys() };
  const criteria = new SharedCriteria(story.criteria, source.text.length);
  const tasks: ReadTask[] = [];
  let position = 0;
  const phases = story.groups.map((group): Phase => {
    const subtasks = group.tasks.map((task) => {
      position += 1;
      const subtask = subtaskOf(task, position, criteria, keys.tasks);
      const before = tasks.at(-1)?.subtask.key;
      if (before !== undefined)
        subtask.dependsOn.push({ id: before, kind: 'implied', range: null });
      tasks.push({ task, subtask });
      return subtask;
    });
    const line = group.heading;
    const title = line?.heading?.title ?? 'Tasks';
    const id = line === null ? null : keys.phases.take(slug(title) || 'tasks', line.number).key;
    const at = line ?? group.tasks[0]?.line ?? { number: 1, start: 0, end: 0 };
    const place = { line: at.number, range: { start: at.start, end: at.end } };
    return { ...phaseDefaults, key: id ?? '', id, title, dependsOn: [], subtasks, ...place };
  });
  const plan: Plan = {
    ...planDefaults,
    format: 'bmad',
    title: story.title ?? source.path,
    description: sectionText(story, /^(?:user )?story\b/i),
    facts: factsOf(story),
    phases: mergedUnnamed(phases),
    declaredPhases: phases.filter(({ id }) => id !== null).length,
  };
  return { plan, tasks, problems: storyProblems(story, null) };
}

/** Tasks above the first heading, and those of a second section, are one phase without a name. */
function mergedUnnamed(phases: Phase[]): Phase[] {
  const [first, ...others] = phases.filter(({ id }) => id === null);
  if (first === undefined) return phases;
  first.subtasks.push(...others.flatMap(({ subtasks }) => subtasks));
  return phases.filter((phase) => phase === first || phase.id !== null);
}

function subtaskOf(task: StoryTask, position: number, shared: SharedCriteria, keys: Keys): Subtask {
  const { line, box, below } = task;
  const { id, title, references } = titleOf(task);
  const idRange = id === null ? null : idRangeOf(task, id);
  const { criteria } = references;
  return {
    ...subtaskDefaults,
    key: keys.take(id ?? String(position), line.number).key,
    keyOrigin: id === null ? 'position' : 'declared',
    id: id ?? String(position),
    title,
    detail: below
      .map(({ text }) => text)
      .join('\n')
      .trimEnd(),
    status: isTick(box.mark) ? 'claimed' : box.mark === ' ' ? 'pending' : 'needs_attention',
    fileStatus: box.mark,
    dependsOn: [],
    files: [],
    labels:
      typeof criteria === 'string' || criteria.length === 0 ? [] : [`AC ${criteria.join(', ')}`],
    verification: shared.of(criteria),
    checks: [],
    line: line.number,
    range: { start: line.start, end: below.findLast(({ blank }) => !blank)?.end ?? line.end },
    idRange,
  };
}

const numbered = /^\*{0,2}Task\s+(\d[\w.]*?)\*{0,2}\s*(?:[:—–.)-]\s*|\s)\*{0,2}\s*(\S.*)$/i;

function titleOf({ box }: StoryTask): {
  id: string | null;
  title: string;
  references: TaskReferences;
} {
  const references = criteriaOf(box.text);
  const [, id, rest] = numbered.exec(references.text) ?? [];
  const title = (rest ?? references.text).replace(/^\*\*|\*\*$/g, '').trim();
  return { id: id ?? null, title: title === '' ? box.text : title, references };
}

function idRangeOf({ box }: StoryTask, id: string) {
  const start = box.textStart + box.text.indexOf(id);
  return { start, end: start + id.length };
}

/** How many times the length of its story the criteria may have that its Tasks share. */
const mostShared = 4;

/** The criteria of a story for each Task that refers to them. */
class SharedCriteria {
  private left: number;

  constructor(
    private readonly criteria: readonly Criterion[],
    storyLength: number,
  ) {
    this.left = mostShared * storyLength;
  }

  /** Empty where too many Tasks had them: their numbers stand in its label. */
  of(referred: TaskReferences['criteria']): string[] {
    const chosen =
      typeof referred === 'string'
        ? this.criteria
        : this.criteria.filter(({ number }) => number !== null && referred.includes(number));
    const length = chosen.reduce((sum, { text }) => sum + text.length, 0);
    if (length > this.left) return [];
    this.left -= length;
    return chosen.map(({ text }) => text);
  }
}

/** What a story counts beside the model. */
function factsOf(story: Story): Facts {
  const listed = story.criteria.filter((criterion) => criterion.listed).length;
  const alone = unreferenced(story);
  return {
    steps: story.steps,
    stepsDone: story.stepsDone,
    ...(listed === 0 ? {} : { criteria: listed }),
    ...(story.status === null ? {} : { storyStatus: story.status.text.toLowerCase() }),
    ...(alone.length === 0 ? {} : { unreferencedCriteria: alone }),
  };
}

/** Numbers of the criteria that no Task refers to, where the Tasks refer to any. */
function unreferenced(story: Story): number[] {
  const lists = tasksOf(story).map(({ box }) => criteriaOf(box.text).criteria);
  if (lists.some((list) => list === 'all') || lists.every((list) => list.length === 0)) return [];
  const referred = new Set(lists.flatMap((list) => (list === 'all' ? [] : list)));
  return story.criteria.flatMap(({ number }) =>
    number === null || referred.has(number) ? [] : [number],
  );
}
