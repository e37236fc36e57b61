import type { Node } from 'jsonc-parser';
import { elementsOf, membersOf, numberOf, parseJson, rangeOfNode } from '../../formats/json';
import type { Fix, Fixer } from './fix';

// A list from which an entry was removed has indices that are one too high from there on. Where
// that was, the list does not tell for certain: both ends of what fits are offered, and the index
// on which a person puts the cursor.

/** An entry's dependency by index; both count from 0. */
interface Reference {
  entry: number;
  index: number;
  node: Node;
}

export const shiftIndices: Fixer = {
  rules: ['self-dependency', 'never-ready'],
  changes: ['order'],
  propose({ files, path, text }) {
    const references = files.format.name === 'autobuildr' ? shiftedReferences(path, text) : [];
    const starts = [...new Set(references.map(({ index }) => index))]
      .filter((from) => from > 0 && fits(references, from))
      .sort((a, b) => a - b);
    const [lowest, highest] = [starts[0], starts.at(-1)];
    const ends = [...new Set([highest, lowest])].filter((from) => from !== undefined);
    return ends.map((from) => loweredFrom(from, references, path));
  },
};

/** The same from the index that stands at an offset; empty where none does. */
export function shiftAt(path: string, text: string, offset: number): Fix[] {
  const references = shiftedReferences(path, text);
  const { index: from } =
    references.find(({ node }) => offset >= node.offset && offset <= node.offset + node.length) ??
    {};
  if (from === undefined || from === 0 || !fits(references, from)) return [];
  return [loweredFrom(from, references, path)];
}

/** The references of a list in which an entry depends on itself. */
function shiftedReferences(path: string, text: string): Reference[] {
  if (!path.endsWith('.json')) return [];
  const references = referencesIn(text);
  return references.some(({ entry, index }) => entry === index) ? references : [];
}

function loweredFrom(from: number, references: readonly Reference[], path: string): Fix {
  const lowered = references.filter(({ index }) => index >= from);
  const { length } = lowered;
  const which = length === 1 ? 'dependency index' : `${length} dependency indices`;
  return {
    title: `Lower the ${which} from ${from} on by one`,
    edits: lowered.map(({ index, node }) => {
      return { path, range: rangeOfNode(node), text: String(index - 1) };
    }),
    isWide: true,
  };
}

function referencesIn(text: string): Reference[] {
  const { root } = parseJson(text);
  const list = root?.type === 'array' ? root : membersOf(root ?? undefined).get('features');
  const entries = elementsOf(list).filter(({ type }) => type === 'object');
  return entries.flatMap((node, entry) =>
    elementsOf(membersOf(node).get('depends_on_indices')).flatMap((one): Reference[] => {
      const index = numberOf(one);
      return index === null ? [] : [{ entry, index, node: one }];
    }),
  );
}

/** Whether every dependency then leads back to an earlier entry, and each entry names one once. */
function fits(references: readonly Reference[], from: number): boolean {
  const seen = new Set<string>();
  return references.every(({ entry, index }) => {
    const target = index >= from ? index - 1 : index;
    const edge = `${entry} ${target}`;
    const isNew = !seen.has(edge);
    seen.add(edge);
    return isNew && target < entry;
  });
}
