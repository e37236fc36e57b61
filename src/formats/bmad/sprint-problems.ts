import type { Problem, Severity } from '../../model/plan';
import { problem } from '../problems';
import type { ReadEpic } from './epics';
import type { Sprint, SprintEntry } from './sprint';
import type { ReadStory } from './sprint-story';
import { storyProblems } from './story-problems';
import { asYaml } from '../yaml-words';
import { epicWord, isRetrospectiveWord, storyFileWord, storyWord, type EpicWord } from './words';

// What a sprint's status says, held against itself and against its story files.

export function sprintProblems({ entries }: Sprint, epics: readonly ReadEpic[]): Problem[] {
  return [
    ...entries.flatMap(unknownWord),
    ...epics.flatMap(epicProblems),
    ...epics.flatMap(({ stories }) => stories.flatMap(fileProblems)),
  ];
}

const knownWords = {
  epic: 'backlog, in-progress, done',
  story: 'backlog, ready-for-dev, in-progress, review, done',
  retrospective: 'optional, done',
} as const;

function at(
  { word, keyRange, line }: SprintEntry,
  severity: Severity,
  rule: string,
  message: string,
  right?: EpicWord,
): Problem {
  const range = word?.range ?? keyRange;
  const expected = word === null || right === undefined ? undefined : asYaml(right, word.quote);
  return problem(severity, rule, { line: line.number, range }, message, expected);
}

function unknownWord(entry: SprintEntry): Problem[] {
  const { kind, key, word } = entry;
  const text = word?.text ?? '';
  const known = kind === 'epic' ? epicWord(text) !== null : storyWord(text) !== null;
  if (kind === 'retrospective' ? isRetrospectiveWord(text) : known) return [];
  const said = text === '' ? `${key} has no status` : `The status ${text} of ${key} is not known`;
  const effect = kind === 'story' ? '; the story needs attention' : '';
  const message = `${said}${effect}. Known: ${knownWords[kind]}.`;
  return [at(entry, 'warning', 'unknown-status', message)];
}

function epicProblems({ entry, stories }: ReadEpic): Problem[] {
  if (entry === null || stories.length === 0) return [];
  const { key } = entry;
  const word = epicWord(entry.word?.text ?? '');
  const begun = stories.filter(({ subtask }) => subtask.notReady === null);
  const open = stories.filter(({ subtask }) => subtask.status !== 'claimed');
  const problems: Problem[] = [];
  if (word === 'backlog' && begun.length > 0) {
    const message = `${key} says backlog, but ${begun.length} of its stories are further. Set it to in-progress.`;
    problems.push(at(entry, 'warning', 'epic-behind-stories', message, 'in-progress'));
  }
  if (word !== null && word !== 'done' && open.length === 0) {
    const message = `All stories of ${key} are done. Close it by setting it to done.`;
    problems.push(at(entry, 'info', 'parent-open-children-done', message, 'done'));
  }
  if (word === 'done' && open.length > 0) {
    const message = `${key} says done, but ${open.length} of its stories are not: ${open[0]?.entry.key ?? ''}. Set it to in-progress, or finish them.`;
    problems.push(at(entry, 'warning', 'parent-done-child-open', message, 'in-progress'));
  }
  return problems;
}

/** Between a story's word and its file; the word counts. */
function fileProblems({ entry, file }: ReadStory): Problem[] {
  if (file === null) return [];
  const { story, source } = file;
  const problems = storyProblems(story, source.path);
  const [own, said] = [storyWord(entry.word?.text ?? ''), storyFileWord(story.status?.text ?? '')];
  if (story.status === null || own === null || said === null || own === said) return problems;
  const message = `${entry.key} is ${entry.word?.text ?? ''} here, and its file says ${story.status.text}. What stands here counts; correct the other.`;
  return [...problems, at(entry, 'warning', 'story-status-drift', message)];
}
