import { noHints } from '../../model/agent-spec';
import { subtaskDefaults, type Problem, type Subtask } from '../../model/plan';
import type { SubtaskStatus } from '../../model/status';
import { problem } from '../problems';
import type { Issue } from './issues';
import { isSet, numberIn, textIn, textsIn } from './rows';
import { knownWords, runPriority, statusOfWord } from './words';

/** @param now milliseconds since the epoch: some issues are deferred until a time. */
export function readSubtask(issue: Issue, now: number): Subtask {
  const { id, row, type } = issue;
  const { fields } = row;
  const priority = numberIn(fields, 'priority');
  const minutes = numberIn(fields, 'estimated_minutes');
  const acceptance = textIn(fields, 'acceptance_criteria');
  return {
    ...subtaskDefaults,
    key: id,
    keyOrigin: 'declared',
    id,
    title: titleOf(issue),
    detail: detailOf(issue),
    status: statusOf(issue, now),
    fileStatus: textIn(fields, 'status') || null,
    leftOut: leftOutBy(issue, now),
    dependsOn: [],
    files: [],
    labels: [
      ...textsIn(fields, 'labels'),
      ...(priority === null ? [] : [`p${priority}`]),
      ...(type === '' ? [] : [type]),
      ...(minutes === null ? [] : [`${minutes} min`]),
    ],
    verification: acceptance === '' ? [] : [acceptance],
    checks: [],
    hints: { ...noHints, priority: runPriority(priority) },
    line: row.line,
    range: row.range,
  };
}

export function titleOf({ id, row }: Issue): string {
  const [line = ''] = textIn(row.fields, 'title').split(/\r?\n/, 1);
  return line === '' ? id : line.slice(0, 500);
}

function detailOf({ row: { fields } }: Issue): string {
  const named = ['design', 'notes', 'close_reason'].flatMap((key) => {
    const text = textIn(fields, key);
    return text === '' ? [] : [`${key.replace('_', ' ')}: ${text}`];
  });
  return [textIn(fields, 'description'), ...named].filter((text) => text !== '').join('\n');
}

/** A status that is not there or not known; it counts as open, or as in need of attention. */
export function wordProblems({ id, row, word }: Issue): Problem[] {
  if (word === '') {
    const message = `${id} has no status; it is read as open.`;
    return [problem('warning', 'missing-status', row, message)];
  }
  if (statusOfWord(word) !== null) return [];
  const message = `The status ${word} is not known; ${id} needs attention. Known: ${knownWords}.`;
  return [problem('warning', 'unknown-status', row, message)];
}

function statusOf({ row, word }: Pick<Issue, 'row' | 'word'>, now: number): SubtaskStatus {
  const status = word === '' ? 'pending' : (statusOfWord(word) ?? 'needs_attention');
  return status === 'pending' && leftOutBy({ row, word }, now) !== null ? 'skipped' : status;
}

/** What stands beside its status: it is put off to a day, or no work at all but a note. */
function leftOutBy({ row, word }: Pick<Issue, 'row' | 'word'>, now: number): string | null {
  if (word === '') return null;
  if (isSet(row.fields, 'pinned')) return 'it is a pinned note';
  const until = textIn(row.fields, 'defer_until');
  return Date.parse(until) > now ? `it is deferred until ${until}` : null;
}
