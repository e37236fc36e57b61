import type { Node } from 'jsonc-parser';
import { phaseDefaults, type Phase } from '../../model/plan';
import { elementsOf, membersOf, rangeOfNode, textOf } from '../json';
import type { LineIndex } from '../text';
import type { ListDocument } from './document';
import type { ReadEntry } from './entry';

/** The phases that entries name, in the order of the file's own list of phases, else of the entries. */
export function phasesOf(document: ListDocument, entries: readonly ReadEntry[]): Phase[] {
  const key = ['phase', 'milestone'].find((name) =>
    entries.some(({ members }) => textOf(members.get(name)) !== null),
  );
  if (key === undefined) return [withoutPhase(document, entries, null)];
  const named = titlesOf(document.members);
  // An entry whose phase is empty is in none, even where the file lists a phase without a name.
  named.delete('');
  const groups = new Map<string, ReadEntry[]>([...named.keys()].map((id) => [id, []]));
  const loose: ReadEntry[] = [];
  for (const entry of entries) {
    const value = textOf(entry.members.get(key))?.trim() ?? '';
    const group = groups.get(value) ?? [];
    if (value === '') loose.push(entry);
    else groups.set(value, group);
    group.push(entry);
  }
  const phases = [...groups].flatMap(([id, own]) => {
    const node = own[0]?.members.get(key);
    return node === undefined ? [] : [phaseOf(id, named.get(id) ?? id, node, own, document.lines)];
  });
  return loose.length === 0 ? phases : [...phases, withoutPhase(document, loose, `No ${key}`)];
}

function phaseOf(
  id: string,
  title: string,
  node: Node,
  entries: readonly ReadEntry[],
  lines: LineIndex,
): Phase {
  return {
    ...phaseDefaults,
    key: id,
    id,
    title,
    dependsOn: [],
    subtasks: entries.map(({ subtask }) => subtask),
    line: lines.lineAt(node.offset),
    range: rangeOfNode(node),
  };
}

function withoutPhase(
  { root, lines }: ListDocument,
  entries: readonly ReadEntry[],
  title: string | null,
): Phase {
  const subtasks = entries.map(({ subtask }) => subtask);
  return {
    ...phaseDefaults,
    // No value of a phase is empty.
    key: '',
    id: null,
    title: title ?? 'Features',
    dependsOn: [],
    subtasks,
    line: subtasks[0]?.line ?? lines.lineAt(root.offset),
    range: subtasks[0]?.range ?? { start: root.offset, end: root.offset },
  };
}

/** Titles by id from `phases` or `milestones`: a list of objects or texts, or a map. */
function titlesOf(members: ReadonlyMap<string, Node>): Map<string, string> {
  const titles = new Map<string, string>();
  for (const node of [members.get('phases'), members.get('milestones')]) {
    for (const [id, value] of membersOf(node)) titles.set(id, titleOf(value) ?? id);
    for (const value of elementsOf(node)) {
      const own = membersOf(value);
      const id =
        textOf(value) ?? textOf(own.get('id')) ?? textOf(own.get('phase')) ?? titleOf(value);
      const title = titleOf(value) ?? id;
      if (id === null || title === null) continue;
      titles.set(id.trim(), title);
      // Entries may name a phase by its title.
      if (!titles.has(title.trim())) titles.set(title.trim(), title);
    }
  }
  return titles;
}

function titleOf(node: Node): string | null {
  const members = membersOf(node);
  return textOf(node) ?? textOf(members.get('name')) ?? textOf(members.get('title'));
}
