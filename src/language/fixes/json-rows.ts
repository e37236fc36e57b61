import type { Node } from 'jsonc-parser';
import { closedAtEdits, rowEdits } from '../../formats/beads/write';
import { membersOf, parseJson, textOf } from '../../formats/json';
import { memberAfter, memberRemoved } from '../../formats/json-edits';
import type { TextEdit } from '../../formats/format';
import type { FormatName } from '../../model/plan';
import type { Fix, Fixer, Trouble } from './fix';

// Fixes of single objects of JSON files, which stand at the range of the problem.

/** Closes an epic of which all issues are closed, or opens one again that has open ones. */
export const closeEpic: Fixer = {
  rules: ['parent-open-children-done', 'parent-done-child-open'],
  changes: ['status'],
  propose(trouble) {
    const row = rowOf(trouble);
    if (trouble.files.format.name !== 'beads' || row === null) return [];
    const closes = trouble.problem.rule === 'parent-open-children-done';
    const edits = rowEdits(row.text, closes ? 'closed' : 'open', trouble.at, false);
    return [fixOf(trouble, `${closes ? 'Close' : 'Open'} ${row.id}`, edits)];
  },
};

/** Lets the status of an issue and the time of its closing agree, in either way. */
export const closedAt: Fixer = {
  rules: ['closed-at-mismatch'],
  changes: ['status'],
  propose(trouble) {
    const row = rowOf(trouble);
    if (row === null) return [];
    const word = textOf(row.members.get('status')) ?? '';
    if (word === 'closed')
      return [fixOf(trouble, `Give ${row.id} a closed_at`, closedAtEdits(row.text, trouble.at))];
    const closed = row.members.get('closed_at')?.parent;
    if (closed === undefined) return [];
    return [
      fixOf(trouble, 'Remove its closed_at', [memberRemoved(closed)]),
      fixOf(trouble, `Close ${row.id}`, rowEdits(row.text, 'closed', trouble.at, false)),
    ];
  },
};

const initialWords: Partial<Record<FormatName, string>> = {
  'task-master': 'pending',
  'auto-claude': 'pending',
  beads: 'open',
};

/** Writes down the status that work has before it is begun. */
export const initialStatus: Fixer = {
  rules: ['missing-status'],
  changes: ['status'],
  propose(trouble) {
    const word = initialWords[trouble.files.format.name];
    const row = rowOf(trouble);
    if (word === undefined || row === null || row.members.has('status')) return [];
    const names = ['title', 'description', 'name', 'id', 'subtask_id', 'chunk_id'];
    const named = names.flatMap((name) => row.members.get(name)?.parent ?? []);
    const last = named.toSorted((a, b) => b.offset - a.offset)[0];
    if (last === undefined) return [];
    const edit = memberAfter(row.text, last, 'status', word);
    return [fixOf(trouble, `Set it to “${word}”`, [edit])];
  },
};

/** Removes the members of an object that do not count, as another of their name stands below. */
export const dropDuplicateKey: Fixer = {
  rules: ['duplicate-key'],
  changes: [],
  propose(trouble) {
    const { problem, text, path } = trouble;
    const { root } = parseJson(text);
    const property = root === null ? null : propertyAt(root, problem.range?.start ?? -1);
    const name = textOf(property?.children?.[0]);
    const twins = (property?.parent?.children ?? []).filter(
      ({ children }) => textOf(children?.[0]) === name,
    );
    const first = twins[0];
    if (first === undefined || twins.length < 2) return [];
    const edits = [{ ...memberRemoved(first), path }];
    return [{ title: `Remove the first ${name ?? ''}, which does not count`, edits }];
  },
};

function propertyAt(node: Node, start: number): Node | null {
  if (node.type === 'property' && node.offset === start) return node;
  for (const one of node.children ?? []) {
    if (start < one.offset || start >= one.offset + one.length) continue;
    return propertyAt(one, start);
  }
  return null;
}

interface Row {
  text: string;
  id: string;
  members: Map<string, Node>;
}

/** The object at the problem's range. */
function rowOf({ problem: { range }, text }: Trouble): Row | null {
  if (range === null) return null;
  const own = text.slice(range.start, range.end);
  const { root } = parseJson(own);
  if (root?.type !== 'object') return null;
  const members = membersOf(root);
  return { text: own, members, id: textOf(members.get('id')) ?? 'it' };
}

function fixOf({ problem, path }: Trouble, title: string, edits: readonly TextEdit[]): Fix {
  const start = problem.range?.start ?? 0;
  return {
    title,
    edits: edits.map(({ range, text }) => {
      return { path, text, range: { start: range.start + start, end: range.end + start } };
    }),
  };
}
