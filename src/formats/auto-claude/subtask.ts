import type { Node } from 'jsonc-parser';
import { subtaskDefaults, type Dependency, type Problem, type Subtask } from '../../model/plan';
import type { SubtaskStatus } from '../../model/status';
import { elementsOf, membersOf, rangeOfNode, textOf, textsOf } from '../json';
import type { Keys } from '../keys';
import { duplicateId, problem, type Place } from '../problems';
import { placeOf, type JsonDocument } from '../json-document';
import { shortTitle } from '../text';
import { readVerification } from './verification';
import { ownWords, statusOfWord, wordOfStatus } from './words';

/** A subtask with the JSON that it was read from. */
export interface ReadLeaf {
  subtask: Subtask;
  members: Map<string, Node>;
}

export function readLeaf(
  node: Node,
  fallbackId: string,
  { lines }: JsonDocument,
  keys: Keys,
  problems: Problem[],
): ReadLeaf {
  const members = membersOf(node);
  const at = placeOf(node, lines);
  const idNode = idNodeOf(members, ['id', 'subtask_id', 'chunk_id']);
  const id = textOf(idNode) ?? fallbackId;
  if (idNode === undefined) problems.push(missingId(at, 'subtask', fallbackId));
  const { key, firstLine } = keys.take(id, at.line);
  if (firstLine !== null) problems.push(duplicateId(at, id, firstLine));
  const { texts, checks } = readVerification(members.get('verification'), lines, problems);
  const subtask: Subtask = {
    ...subtaskDefaults,
    key,
    keyOrigin: idNode === undefined ? 'position' : 'declared',
    id,
    ...wordsOf(members, id),
    ...readStatus(members.get('status'), at, problems),
    dependsOn: dependenciesOf(members),
    files: readFiles(members),
    labels: labelsOf(members),
    verification: texts,
    checks,
    line: at.line,
    range: rangeOfNode(node),
    idRange: idNode === undefined ? null : rangeOfNode(idNode),
  };
  return { subtask, members };
}

export function idNodeOf(members: ReadonlyMap<string, Node>, names: string[]): Node | undefined {
  const found = names.map((name) => members.get(name));
  return found.find((node) => (textOf(node) ?? '') !== '');
}

export function missingId(at: Place, what: string, used: string): Problem {
  const message = `This ${what} has no id; ${used} is used. Its history is lost when it moves.`;
  return problem('warning', 'missing-id', at, message);
}

const detailKeys = [
  'expected_output',
  'implementation_notes',
  'changes',
  'details',
  'steps',
  'success_criteria',
  'acceptance_criteria',
  'patterns_from',
];

function wordsOf(
  members: ReadonlyMap<string, Node>,
  id: string,
): Pick<Subtask, 'title' | 'detail'> {
  const description = textOf(members.get('description'));
  const title = textOf(members.get('title')) ?? textOf(members.get('name')) ?? description ?? id;
  const rest = detailKeys.flatMap((key) => {
    const texts = textsOf(members.get(key));
    const name = key.replaceAll('_', ' ');
    if (texts.length <= 1) return texts.map((text) => `${name}: ${text}`);
    return [`${name}:`, ...texts.map((text) => `- ${text}`)];
  });
  const short = shortTitle(title, longestTitle);
  const own = description === null || description === short ? [] : [description];
  return { title: short, detail: [...own, ...rest].join('\n') };
}

const longestTitle = 300;

function readStatus(
  node: Node | undefined,
  leaf: Place,
  problems: Problem[],
): { status: SubtaskStatus; fileStatus: string | null } {
  const word = textOf(node);
  if (node === undefined || word === null || word.trim() === '') {
    const message = 'This subtask has no status; it is read as pending.';
    problems.push(problem('warning', 'missing-status', leaf, message));
    return { status: 'pending', fileStatus: null };
  }
  const at = { ...leaf, range: rangeOfNode(node) };
  const status = statusOfWord(word);
  if (status === null)
    problems.push(
      problem(
        'warning',
        'unknown-status',
        at,
        `The status ${word} is not known; the subtask needs attention. Known: ${[...ownWords].join(', ')}.`,
      ),
    );
  else if (!ownWords.has(word)) {
    const own = wordOfStatus(status);
    const message = `The status ${word} is read as ${status}; the tool that made this plan does not know it.`;
    const expected = own === null ? undefined : JSON.stringify(own);
    problems.push(problem('info', 'status-synonym', at, message, expected));
  }
  return { status: status ?? 'needs_attention', fileStatus: word };
}

function dependenciesOf(members: ReadonlyMap<string, Node>): Dependency[] {
  return ['depends_on', 'dependencies'].flatMap((key) => declaredIn(members.get(key)));
}

/** Ids in a list, or one id alone. */
export function declaredIn(node: Node | undefined): Dependency[] {
  const nodes = node?.type === 'array' ? elementsOf(node) : [node];
  return nodes.flatMap((entry): Dependency[] => {
    const id = textOf(entry);
    return entry === undefined || id === null || id.trim() === ''
      ? []
      : [{ id, kind: 'declared', range: rangeOfNode(entry) }];
  });
}

/** As written: absolute paths are usual, and may well lie in the workspace. */
function readFiles(members: ReadonlyMap<string, Node>): string[] {
  const written = ['files_to_modify', 'files_to_create', 'file_path'].flatMap((key) =>
    textsOf(members.get(key)).flatMap((text) => text.split(',').map((part) => part.trim())),
  );
  return [...new Set(written.filter((path) => path !== ''))];
}

function labelsOf(members: ReadonlyMap<string, Node>): string[] {
  const all = members.get('all_services')?.value === true ? ['all services'] : [];
  return [...textsOf(members.get('service')), ...all];
}
