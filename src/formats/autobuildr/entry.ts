import type { Node } from 'jsonc-parser';
import { noHints, type SpecHints } from '../../model/agent-spec';
import { subtaskDefaults, type Problem, type Subtask } from '../../model/plan';
import type { SubtaskStatus } from '../../model/status';
import type { Validator } from '../../model/validator';
import { nameChecks, parseCheck, shortFormTimeout } from '../check-syntax';
import { numberOf, rangeOfNode, textOf, textsOf } from '../json';
import { placeOf } from '../json-document';
import type { Keys } from '../keys';
import { isPlaceholder, placeholderReason } from '../placeholder';
import { duplicateId, problem } from '../problems';
import { shortTitle, type LineIndex } from '../text';
import { asLines, itemsOf } from '../json-lines';
import {
  isSet,
  linkKeys,
  saysSomething,
  statusFieldOf,
  type Entry,
  type StatusField,
} from './document';
import { statusOfWord } from './words';

/** A feature with the JSON that it was read from. */
export interface ReadEntry extends Entry {
  subtask: Subtask;
  field: StatusField | null;
}

/** Reads an entry; its dependencies are linked when all entries are read. */
export function readEntry(
  entry: Entry,
  lines: LineIndex,
  keys: Keys,
  problems: Problem[],
): ReadEntry {
  const { members, node, position } = entry;
  const at = placeOf(node, lines);
  const idNode = members.get('id');
  const written = textOf(idNode)?.trim() ?? '';
  const id = written === '' ? String(position) : written;
  const { key, firstLine } = keys.take(id, at.line);
  if (firstLine !== null) problems.push(duplicateId(at, id, firstLine));
  const field = statusFieldOf(members);
  const subtask: Subtask = {
    ...subtaskDefaults,
    key,
    keyOrigin: written === '' ? 'position' : 'declared',
    id,
    ...wordsOf(members, id),
    ...readStatus(field, members, lines, problems),
    dependsOn: [],
    files: filesOf(members),
    labels: ['category', 'priority'].flatMap((name) =>
      textsOf(members.get(name)).map((value) => `${name}:${value}`),
    ),
    verification: verificationKeys.flatMap((name) => itemsOf(members.get(name))),
    checks: checksOf(members),
    hints: hintsOf(members.get('priority')),
    notReady: isPlaceholder(wordsToSearch(members)) ? placeholderReason : null,
    line: at.line,
    range: rangeOfNode(node),
    idRange: idNode === undefined || written === '' ? null : rangeOfNode(idNode),
  };
  return { ...entry, subtask, field };
}

// Steps are how a feature is accepted, never features.
const verificationKeys = [
  'steps',
  'acceptance',
  'acceptance_criteria',
  'test_description',
  'verification_command',
];

/** What shows elsewhere than in the detail. */
const shownKeys: ReadonlySet<string> = new Set([
  ...verificationKeys,
  ...linkKeys,
  ...['id', 'title', 'name', 'description', 'passes', 'status', 'state', 'in_progress'],
  ...['category', 'priority', 'phase', 'milestone', 'files', 'scope', 'depends_on_indices'],
]);

const longestTitle = 120;

function wordsOf(
  members: ReadonlyMap<string, Node>,
  id: string,
): Pick<Subtask, 'title' | 'detail'> {
  const texts = ['title', 'name', 'description'].map((name) => textOf(members.get(name)) ?? '');
  const [title = '', name = '', description = ''] = texts;
  const named = [title, name].find((text) => text.trim() !== '')?.trim();
  const short = named ?? (description.trim() === '' ? id : shortTitle(description, longestTitle));
  const own = description.trim() === short || description.trim() === '' ? [] : [description.trim()];
  const rest = [...members].flatMap(([key, node]) =>
    shownKeys.has(key) ? [] : asLines(key, node),
  );
  return { title: short, detail: [...own, ...rest].join('\n') };
}

function wordsToSearch(members: ReadonlyMap<string, Node>): string {
  return ['title', 'name', 'description', 'notes']
    .map((name) => textOf(members.get(name)) ?? '')
    .join('\n');
}

function readStatus(
  field: StatusField | null,
  members: ReadonlyMap<string, Node>,
  lines: LineIndex,
  problems: Problem[],
): { status: SubtaskStatus; fileStatus: string | null } {
  const isTaken = isSet(members.get('in_progress')) || isSet(members.get('claimed_by'));
  const open: SubtaskStatus = isTaken ? 'in_progress' : 'pending';
  if (field === null || !saysSomething(field.node)) return { status: open, fileStatus: null };
  if (field.node.type === 'boolean')
    return field.node.value === true
      ? { status: 'claimed', fileStatus: 'true' }
      : { status: open, fileStatus: 'false' };
  const word = textOf(field.node) ?? field.node.type;
  const status = statusOfWord(word);
  if (status !== null) return { status, fileStatus: word };
  const message = `The ${field.key} ${word} is not known; the feature needs attention. Known: pending, in_progress, blocked, failed, skipped, done, and words that mean the same.`;
  problems.push(problem('warning', 'unknown-status', placeOf(field.node, lines), message));
  return { status: 'needs_attention', fileStatus: word };
}

/** As written: a scope may be words, and a path absolute. */
function filesOf(members: ReadonlyMap<string, Node>): string[] {
  const texts = ['files', 'scope'].flatMap((key) => textsOf(members.get(key)));
  return [...new Set(texts.map((text) => text.trim()).filter((path) => path !== ''))];
}

/** A command of the file: a person approves its text before it runs for the first time. */
function checksOf(members: ReadonlyMap<string, Node>): Validator[] {
  const commands = textsOf(members.get('verification_command')).filter(
    (text) => text.trim() !== '',
  );
  const checks = commands.flatMap((command) => {
    const config = { command, timeout_seconds: shortFormTimeout };
    return parseCheck({ type: 'test_pass', config, label: command }).validator ?? [];
  });
  return nameChecks(checks.slice(0, 20), 'verification');
}

const priorities: Readonly<Record<string, number>> = {
  critical: 100,
  high: 200,
  medium: 500,
  low: 800,
};

/** Lower numbers and higher words come first. */
function hintsOf(node: Node | undefined): SpecHints {
  const number = numberOf(node);
  const word = textOf(node)?.trim().toLowerCase() ?? '';
  const ranked = Object.hasOwn(priorities, word) ? (priorities[word] ?? null) : null;
  const priority = number === null ? ranked : Math.min(9999, Math.max(1, Math.round(number)));
  return { ...noHints, priority };
}
