import { phaseDefaults, type Phase, type Problem } from '../../model/plan';
import { perFile, type PlanSource, type SourceFile } from '../format';
import { Keys } from '../keys';
import { duplicateId, problem } from '../problems';
import { linesOf, rangeOf } from '../text';
import { epicsPath } from './places';
import { withoutZeros, type Sprint, type SprintEntry } from './sprint';
import type { ReadStory } from './sprint-story';

/** An epic of a sprint with its phase and its stories. */
export interface ReadEpic {
  /** `null`: stories name this epic, and no key does. */
  entry: SprintEntry | null;
  phase: Phase;
  stories: ReadStory[];
}

/** The epics of a sprint, to which stories are added. */
export class Epics {
  readonly all: ReadEpic[] = [];
  private readonly byNumber = new Map<string, ReadEpic>();

  constructor(
    private readonly sprint: Sprint,
    source: PlanSource,
    private readonly problems: Problem[],
  ) {
    const titles = titlesIn(source, sprint);
    const keys = new Keys();
    for (const entry of sprint.entries.filter(({ kind }) => kind === 'epic')) {
      const { firstLine } = keys.take(entry.key, entry.line.number);
      const at = { line: entry.line.number, range: entry.keyRange };
      if (firstLine !== null) problems.push(duplicateId(at, entry.key, firstLine));
      else this.add(entry, entry, titles.get(entry.epic));
    }
  }

  addStory(story: ReadStory): void {
    const { entry } = story;
    let epic = this.byNumber.get(entry.epic);
    if (epic === undefined || epic.entry === null) {
      const message = `${entry.key} belongs to epic ${entry.epic}, which has no key. Add epic-${entry.epic}, or correct the story's number.`;
      const at = { line: entry.line.number, range: entry.keyRange };
      this.problems.push(problem('warning', 'orphan-story', at, message));
    }
    epic ??= this.add(null, entry, undefined);
    epic.stories.push(story);
    epic.phase.subtasks.push(story.subtask);
  }

  private add(entry: SprintEntry | null, at: SprintEntry, title: string | undefined): ReadEpic {
    const retrospective = this.sprint.entries.find(
      ({ kind, epic }) => kind === 'retrospective' && epic === at.epic,
    );
    const word = retrospective?.word?.text;
    const phase: Phase = {
      ...phaseDefaults,
      key: entry?.key ?? `stories-of-epic-${at.epic}`,
      id: entry?.key ?? null,
      title: title ?? `Epic ${at.epic}`,
      checkpoint: word === undefined ? null : `Retrospective: ${word}`,
      dependsOn: [],
      subtasks: [],
      line: at.line.number,
      range: rangeOf(at.line),
    };
    const epic: ReadEpic = { entry, phase, stories: [] };
    this.all.push(epic);
    this.byNumber.set(at.epic, epic);
    return epic;
  }
}

const titlesOf = perFile(readTitles);

/** The comments above the epics go before the document that they come from. */
function titlesIn(source: PlanSource, { titles }: Sprint): ReadonlyMap<string, string> {
  const epics = source.others?.get(epicsPath(source.path));
  return epics === undefined ? titles : new Map([...titlesOf(epics), ...titles]);
}

function readTitles({ text }: SourceFile): Map<string, string> {
  const titles = new Map<string, string>();
  for (const line of linesOf(text)) {
    const [, number = '', title = ''] =
      /^#{1,4}\s+Epic\s+(\d{1,9})\s*[:—–-]\s*(\S.*)$/i.exec(line.text) ?? [];
    const epic = withoutZeros(number);
    if (epic !== '' && !titles.has(epic)) titles.set(epic, title.trimEnd());
  }
  return titles;
}
