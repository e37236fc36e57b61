import type { Node } from 'jsonc-parser';
import { elementsOf, membersOf, numberOf, parseJson, rangeOfNode } from '../../formats/json';
import type { Fix, Fixer } from './fix';

// A list from which an entry was removed has indices that are one too high from there on. Where
// that was, the list does not tell for certain: both ends of what fits are offered, as previews.

/** An entry's dependency by index; both count from 0. */
interface Reference {
  entry: number;
  index: number;
  node: Node;
}

export const shiftIndices: Fixer = {
  rules: ['self-dependency'],
  changes: ['order'],
  propose({ files, path, text }) {
    if (files.format.name !== 'autobuildr' || !path.endsWith('.json')) return [];
    const references = referencesIn(text);
    const selves = references.filter(({ entry, index }) => entry === index);
    if (selves.length === 0) return [];
    const starts = [...new Set(references.map(({ index }) => index))]
      .filter((from) => from > 0 && fits(references, from))
      .sort((a, b) => a - b);
    const [lowest, highest] = [starts[0], starts.at(-1)];
    const ends = [...new Set([highest, lowest])].filter((from) => from !== undefined);
    return ends.map((from): Fix => {
      const shifted = references.filter(({ index }) => index >= from);
      return {
        title: `Lower the ${shifted.length} dependency indices from ${from} on by one`,
        edits: shifted.map(({ index, node }) => {
          return { path, range: rangeOfNode(node), text: String(index - 1) };
        }),
        isWide: true,
      };
    });
  },
};

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
