import { datedLike } from '../dates';
import type { FileEdit, PlanSource, StatusChange } from '../format';
import { asYaml, type YamlWord } from '../yaml-words';
import { readBacklog } from './read';

/** The word of the status line, and the date of the last change where the file keeps one. */
export function writeStatus(
  source: PlanSource,
  { key, status, at }: StatusChange,
): FileEdit[] | null {
  const { tasks, words, config } = readBacklog(source);
  const found = tasks.find(({ subtask }) => subtask.key === key);
  if (found === undefined) return null;
  const { task, subtask } = found;
  const word = words.wordFor(status);
  const path = subtask.path ?? source.path;
  if (word === null) return [];
  // A task without a status has the first one; there is no line for another.
  if (task.status === null) {
    if (task.emptyStatus === null || words.read(words.initial).status === words.read(word).status)
      return [];
    const start = task.emptyStatus;
    return [{ path, range: { start, end: start }, text: ` ${asYaml(word, '')}` }];
  }
  if (subtask.status === words.read(word).status) return [];
  const edit = { path, range: task.status.range, text: asYaml(word, task.status.quote) };
  return [edit, ...dated(task.updated, at, config.dayFirst).map((one) => ({ ...one, path }))];
}

function dated(updated: YamlWord | null, at: string, dayFirst: boolean) {
  const text = updated === null ? null : datedLike(updated.text, at, dayFirst);
  if (updated === null || text === null || text === updated.text) return [];
  return [{ range: updated.range, text: asDate(text, updated.quote) }];
}

/** A date stands in the quotes that it had, or in none. */
function asDate(text: string, quote: YamlWord['quote']): string {
  return `${quote}${text}${quote}`;
}
