import { editsOf, type PlanFormat, type PlanSource } from '../format';
import { databasesOf, isMarked, isNoPlan, settingsOf, tablesOf } from './places';
import { readIssues } from './read';
import { readRows, textIn, type Fields } from './rows';
import { writeStatus } from './write';

/** beads: the JSONL exports of `bd` and `br`, and what `bd list --json` prints. */
export const beadsFormat = beadsAt(() => Date.now());

/** @param now milliseconds since the epoch: issues may be deferred until a time. */
export function beadsAt(now: () => number): PlanFormat {
  return {
    name: 'beads',
    title: 'beads',
    paths: ['**/.beads/issues.jsonl', '**/.beads/backup/issues.jsonl'],
    home: (path) => [path.replace(/backup\/(?=issues\.jsonl$)/, ''), path],
    parts: (path) => [tablesOf(path), ...settingsOf(path)],
    markers: databasesOf,
    detect,
    read: (source) => readIssues(source, now()),
    write(source, change) {
      const edits = writeStatus(source, change);
      return edits === null ? null : editsOf(source, edits);
    },
  };
}

const triedLines = 20;

function detect({ path, text }: PlanSource): boolean {
  if (isMarked(path)) return true;
  if (isNoPlan(path) || !/\.jsonl?$/i.test(path)) return false;
  const isList = /^\uFEFF?\s*\[/.test(text);
  if (/\.json$/i.test(path) && !isList) return false;
  if (!text.includes('"issue_type"')) return false;
  const start = isList ? text : text.split('\n', triedLines).join('\n');
  return readRows({ path, text: start })
    .rows.slice(0, triedLines)
    .some(({ fields }) => isIssue(fields));
}

function isIssue(fields: Fields): boolean {
  return ['id', 'title', 'status', 'issue_type'].every((key) => textIn(fields, key) !== '');
}
