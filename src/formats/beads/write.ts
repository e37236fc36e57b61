import type { Node } from 'jsonc-parser';
import type { PlanSource, StatusChange, TextEdit } from '../format';
import { parseJson } from '../json';
import { memberAfter, memberInstead, memberRemoved, valueEdit } from '../json-edits';
import { timestampLike } from '../timestamps';
import { readTracker } from './issues';
import { storeOf } from './places';
import { statusOfWord, wordOfStatus } from './words';
import { treeOf } from './tree';

/** Single values of the issue's own line; nothing where a database is the source. */
export function writeStatus(source: PlanSource, change: StatusChange): TextEdit[] | null {
  const tracker = readTracker(source);
  const issue = tracker.work.get(change.key);
  if (issue === undefined || treeOf(tracker).phases.has(issue.id)) return null;
  const { rows } = tracker;
  const store = storeOf(source, rows.isList, rows.isConflicted);
  const word = wordOfStatus(change.status);
  const says = statusOfWord(issue.word);
  if ((store !== 'file' && store !== 'export') || word === null) return [];
  if (says !== null && wordOfStatus(says) === word) return [];
  const { start, end } = issue.row.range;
  const starts = rows.rows.some(({ fields }) => 'started_at' in fields);
  return rowEdits(source.text.slice(start, end), word, change.at, starts).map(
    ({ range, text }) => ({
      range: { start: range.start + start, end: range.end + start },
      text,
    }),
  );
}

/**
 * The edits by which the text of one row says a status.
 * @param starts whether the file keeps the times of starts.
 */
export function rowEdits(text: string, word: string, at: string, starts: boolean): TextEdit[] {
  const members = propertiesOf(parseJson(text).root);
  const value = (name: string) => members.get(name)?.children?.[1];
  const [status, updated, closed] = [value('status'), value('updated_at'), value('closed_at')];
  if (status === undefined) return [];
  const written = [updated, closed, value('created_at')].map((node): unknown => node?.value);
  const time = timeLike(
    written.find((one) => typeof one === 'string'),
    at,
  );
  const edits = [valueEdit(status, word)];
  if (updated?.type === 'string') edits.push(valueEdit(updated, time));
  const anchor = members.get('updated_at') ?? members.get('status');
  const isClosing = word === 'closed';
  if (isClosing && closed !== undefined) edits.push(valueEdit(closed, time));
  if (isClosing && closed === undefined && anchor !== undefined)
    edits.push(memberAfter(text, anchor, 'closed_at', time));
  const old = isClosing || closed?.type !== 'string' ? undefined : members.get('closed_at');
  const started = value('started_at');
  const begins = word === 'in_progress' && starts;
  if (begins && started !== undefined && started.type !== 'string')
    edits.push(valueEdit(started, time));
  const isNew = begins && started === undefined;
  if (old !== undefined)
    edits.push(isNew ? memberInstead(text, old, 'started_at', time) : memberRemoved(old));
  else if (isNew && anchor !== undefined) edits.push(memberAfter(text, anchor, 'started_at', time));
  return edits;
}

/** Gives a closed row the time of its last change, or `at`, as the time of its closing. */
export function closedAtEdits(text: string, at: string): TextEdit[] {
  const members = propertiesOf(parseJson(text).root);
  const [closed, updated] = [members.get('closed_at'), members.get('updated_at')];
  const anchor = updated ?? members.get('status');
  const known: unknown = updated?.children?.[1]?.value;
  const time = typeof known === 'string' && known !== '' ? known : at;
  const value = closed?.children?.[1];
  if (value !== undefined) return [valueEdit(value, time)];
  return anchor === undefined ? [] : [memberAfter(text, anchor, 'closed_at', time)];
}

function timeLike(written: unknown, at: string): string {
  return (typeof written === 'string' ? timestampLike(written, at) : null) ?? at;
}

/** The members of a row by their names; of a repeated one the last. */
function propertiesOf(root: Node | null): Map<string, Node> {
  const properties = new Map<string, Node>();
  for (const property of root?.children ?? []) {
    const name: unknown = property.children?.[0]?.value;
    if (typeof name === 'string') properties.set(name, property);
  }
  return properties;
}
