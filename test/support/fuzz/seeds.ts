import { corpusOf } from '../corpus';
import { corpusSource } from '../corpus-writing';
import { planTexts } from '../plan-texts';
import { backlogFolder } from '../plan-texts/backlog-md';
import { gsdTree } from '../plan-texts/gsd';
import type { Random } from '../../../bench/random';
import type { PlanFormat, PlanSource } from '../../../src/formats/format';
import type { FormatName } from '../../../src/model/plan';
import { pick } from './chance';
import { filesOf, sizeOf } from './files';
import { mutant } from './mutations';

/** Sources to start from: those of one format, and texts of all formats to mix in. */
export interface Seeds {
  own: readonly PlanSource[];
  texts: readonly string[];
}

const folders: Partial<Record<FormatName, readonly PlanSource[]>> = {
  'backlog-md': [backlogFolder],
  gsd: [gsdTree],
};

const samples: ReadonlyMap<string, PlanSource> = new Map(Object.entries(planTexts));
const plain: PlanSource = { path: 'TODO.md', text: '# Todo\n\n- [ ] a\n  - [x] b\n' };

/** Larger files of the corpus are left out but for one mutant in so many. */
const largest = 60_000;
const seldom = 150;

/** The project's own samples, and the files and folders of the corpus where that is here. */
export async function seedsOf(format: PlanFormat): Promise<Seeds> {
  const sample = samples.get(format.name);
  const own = [...(sample === undefined ? [] : [sample]), ...(folders[format.name] ?? [])];
  const corpus = corpusOf(format.name);
  for (const [path] of corpus?.files ?? []) {
    const source = corpus && (await corpusSource(format, corpus.folder, path));
    if (source !== null && filesOf(source).length > 0) own.push(source);
  }
  const texts = [...samples.values(), ...own].flatMap((source) =>
    filesOf(source)
      .map(({ text }) => text)
      .filter((text) => text !== '' && text.length <= largest),
  );
  return { own: own.length > 0 ? own : [plain], texts };
}

/** A source of which one file is mutated, or sometimes gone, and what was done to it. */
export interface Mutant {
  source: PlanSource;
  /** What a person has to know to see it: the seed's path, the file, the mutations. */
  story: string;
}

export function mutantOf({ own, texts }: Seeds, random: Random): Mutant {
  const small = own.filter((source) => sizeOf(source) <= largest);
  const chosen = small.length === 0 || random() * seldom < 1 ? own : small;
  const source = pick(random, chosen);
  const files = filesOf(source);
  const file = pick(random, files);
  const { text, applied } = mutant(file.text, random, pick(random, texts));
  const story = `${source.path}, ${file.path}: ${applied.join(', ')}`;
  if (file.path === source.path) return { source: { ...source, text }, story };
  const others = new Map(source.others);
  if (random() < 0.02) others.delete(file.path);
  else others.set(file.path, { path: file.path, text });
  return { source: { ...source, others }, story };
}
