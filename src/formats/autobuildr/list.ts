import { planDefaults, type Facts, type Phase, type Plan, type Problem } from '../../model/plan';
import type { PlanSource } from '../format';
import { cycleProblems } from '../graph';
import { textOf } from '../json';
import { readDocument } from '../json-document';
import { Keys } from '../keys';
import { problem } from '../problems';
import { listFacts, listProblems } from './claims';
import { asLines } from '../json-lines';
import { listOf, type ListDocument } from './document';
import { readEntry, type ReadEntry } from './entry';
import { linkEntries } from './links';
import { phasesOf } from './phases';

/** A feature list with the JSON of its entries. `plan` is `null` when the file holds no list. */
export interface ListReading {
  plan: Plan | null;
  document: ListDocument | null;
  entries: ReadEntry[];
  problems: Problem[];
}

export function readList({ path, text }: PlanSource): ListReading {
  if (text.trim() === '') return unread([atStart('empty-file', emptyFile)]);
  const { document: json, problems: broken } = readDocument(text);
  if (json === null) return unread(broken);
  const document = listOf(json);
  if (document === null) return unread([atStart('no-plan-body', noList)]);
  const keys = new Keys();
  const problems: Problem[] = [];
  const entries = document.entries.map((entry) => readEntry(entry, document.lines, keys, problems));
  problems.push(...linkEntries(entries, document.lines), ...listProblems(document, entries));
  const phases = phasesOf(document, entries);
  const plan: Plan = {
    ...planDefaults,
    format: 'autobuildr',
    title: titleOf(document, path),
    description: descriptionOf(document),
    facts: { ...listFacts(document, entries), ...writtenOrder(entries, phases) },
    statusNote: entries.length === 0 ? 'The list has no feature yet.' : planDefaults.statusNote,
    phases: entries.length === 0 ? [] : phases,
    declaredPhases: phases.filter(({ id }) => id !== null).length,
  };
  return { plan, document, entries, problems: problems.concat(cycleProblems(plan)) };
}

/** The ids as the file has them, where its phases are mixed: the phases show another order. */
function writtenOrder(entries: readonly ReadEntry[], phases: readonly Phase[]): Facts {
  const shown = phases.flatMap(({ subtasks }) => subtasks);
  const isMixed = entries.some(({ subtask }, index) => shown[index] !== subtask);
  return isMixed ? { ids: entries.map(({ subtask }) => subtask.id) } : {};
}

const emptyFile = 'The file is empty. Write a list of features into it or delete it.';
const noList =
  'The file holds neither an array of features nor an object with such an array as features. It is never written to.';

function unread(problems: Problem[]): ListReading {
  return { plan: null, document: null, entries: [], problems };
}

function atStart(rule: string, message: string): Problem {
  return problem('warning', rule, { line: 1, range: null }, message);
}

function titleOf({ members }: ListDocument, path: string): string {
  const written = ['project', 'project_name', 'name', 'title']
    .map((key) => textOf(members.get(key))?.trim().split(/\r?\n/, 1)[0] ?? '')
    .find((text) => text !== '');
  return written?.slice(0, 300) ?? path.split('/').at(-2) ?? path;
}

/** What the list is for, and the rules that its owner has for working on it. */
function descriptionOf({ members }: ListDocument): string {
  const own = textOf(members.get('description'))?.trim() ?? '';
  const rules = ['rules', 'status_legend', 'allowed_statuses', 'valid_status'];
  const lines = rules.flatMap((key) => asLines(key, members.get(key)));
  return [own, ...lines].filter((line) => line !== '').join('\n');
}
