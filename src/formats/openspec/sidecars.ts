import type { Fact, Problem } from '../../model/plan';
import { perFile, type PlanSource, type SourceFile } from '../format';
import { markdownLines } from '../markdown';
import { problem } from '../problems';
import { baseName } from '../text';
import { wordOf, wordsOf, type YamlEntry } from '../yaml-words';
import type { ChangePlace } from './place';
import { settingsOf } from './schema';

// The files beside a change's tasks. They are read and never written.

/** What a change says of itself beside its tasks. */
export interface Sidecars {
  description: string;
  facts: Record<string, Fact>;
  problems: Problem[];
}

export function sidecarsOf({ others }: PlanSource, place: ChangePlace): Sidecars {
  const at = (name: string) => others?.get(`${place.folder}/${name}`);
  const [settings, proposal] = [at('.openspec.yaml'), at('proposal.md')];
  const words = settings === undefined ? new Map<string, YamlEntry>() : settingsOf(settings);
  const word = (key: string) => wordOf(words.get(key))?.text ?? null;
  const why = proposal === undefined ? '' : reasonOf(proposal);
  const deltas = [...(others?.values() ?? [])].filter(({ path }) => isDelta(path, place));
  const facts: Record<string, Fact> = {};
  for (const key of ['schema', 'created', 'goal', 'initiative']) {
    const value = word(key);
    if (value !== null) facts[key] = value;
  }
  const areas = wordsOf(words.get('affected_areas')).map(({ text }) => text);
  if (areas.length > 0) facts['affectedAreas'] = areas;
  if (deltas.length > 0) facts['deltas'] = deltas.map(deltaFact);
  const skips = word('skip_specs')?.toLowerCase() === 'true';
  // A change of which only the tasks are there says nothing of its specifications.
  const isDue = !place.isArchived && (settings ?? proposal) !== undefined;
  return {
    description: why || (word('goal') ?? ''),
    facts,
    problems: isDue && deltas.length === 0 && !skips ? [noDeltas] : [],
  };
}

const noDeltas = problem(
  'warning',
  'no-delta-specs',
  { line: 1, range: null },
  'The change has no specs/**/spec.md, so it changes no specification. Add one, or write `skip_specs: true` into .openspec.yaml.',
);

function isDelta(path: string, { folder }: ChangePlace): boolean {
  return path.startsWith(`${folder}/specs/`) && baseName(path) === 'spec.md';
}

/** The path of a delta and how many requirements it adds, changes, removes, renames. */
const deltaFact = perFile((file: SourceFile): Fact => {
  const counts: Record<string, number> = { added: 0, modified: 0, removed: 0, renamed: 0 };
  let section = '';
  for (const { heading } of markdownLines(file.text)) {
    if (heading === null) continue;
    if (heading.level <= 2)
      section = /^(ADDED|MODIFIED|REMOVED|RENAMED) Requirements/i.exec(heading.title)?.[1] ?? '';
    else if (section !== '' && /^Requirement:/i.test(heading.title)) {
      const word = section.toLowerCase();
      counts[word] = (counts[word] ?? 0) + 1;
    }
  }
  return { path: file.path, ...counts };
});

/** The first paragraph below `## Why`, else the first of the proposal. */
const reasonOf = perFile(({ text }: SourceFile): string => {
  const lines = markdownLines(text);
  const why = lines.findIndex(({ heading }) => heading !== null && /^Why\b/i.test(heading.title));
  const paragraph: string[] = [];
  for (const { heading, blank, kind, text: line } of lines.slice(why + 1)) {
    const isText = kind === 'text' && heading === null && !blank;
    if (!isText && (paragraph.length > 0 || (why >= 0 && heading !== null))) break;
    if (isText) paragraph.push(line.trim());
  }
  return paragraph.join(' ');
});
