import {
  phaseDefaults,
  planDefaults,
  subtaskDefaults,
  type Facts,
  type Plan,
  type Problem,
  type Subtask,
} from '../../model/plan';
import type { SubtaskStatus } from '../../model/status';
import { perFile, type SourceFile } from '../format';
import { problem, type Place } from '../problems';
import { scanLog, type Claim, type LogScan, type LogSection } from './log-scan';
import { rangeOf } from '../text';

/** All that a log says of one feature. */
export interface LoggedFeature {
  id: string;
  title: string;
  sections: [LogSection, ...LogSection[]];
  claims: Claim[];
  /** `null`: the log claims nothing, or contradicts itself. */
  status: SubtaskStatus | null;
}

export interface LogReading {
  scan: LogScan;
  features: LoggedFeature[];
  problems: Problem[];
  facts: Facts;
}

export const readLog = perFile(({ path, text }: SourceFile): LogReading => {
  const scan = scanLog(text);
  const features = featuresOf(scan.sections);
  const problems = features.flatMap((feature) => contradiction(feature, path));
  const { total } = scan;
  return {
    scan,
    features,
    problems,
    facts: {
      notes: scan.notes.slice(0, mostNotes).map((note) => note.slice(0, 200)),
      ...(total === null ? {} : { claimed: [total.done, total.of] }),
    },
  };
});

const mostNotes = 100;

function featuresOf(sections: readonly LogSection[]): LoggedFeature[] {
  const groups = new Map<string, [LogSection, ...LogSection[]]>();
  for (const section of sections) {
    const group = groups.get(section.id);
    if (group === undefined) groups.set(section.id, [section]);
    else group.push(section);
  }
  return [...groups].map(([id, own]) => {
    const claims = own.flatMap((section) => section.claims);
    const statuses = new Set(claims.map(({ status }) => status));
    const [only = null] = statuses;
    const title = own.find((section) => section.title !== '')?.title ?? `Feature ${id}`;
    return { id, title, sections: own, claims, status: statuses.size === 1 ? only : null };
  });
}

/** The log's own claims about one feature that do not agree; without dates none is the latest. */
function contradiction({ id, claims, status, sections }: LoggedFeature, path: string): Problem[] {
  if (claims.length === 0 || status !== null) return [];
  const words = [...new Set(claims.map(({ word }) => word.slice(0, 40)))].slice(0, 5).join(', ');
  const message = `The log calls feature ${id} ${words}. It needs attention: say which holds.`;
  const place = { ...placeOf(sections[0]), path };
  return [problem('warning', 'contradictory-claim', place, message)];
}

export function placeOf({
  heading,
}: LogSection): Place & { range: { start: number; end: number } } {
  return { line: heading.number, range: rangeOf(heading) };
}

/** The plan of a log without a feature list: the features that it has headings for. */
export function planOfLog(
  { features, facts }: LogReading,
  { path, text }: SourceFile,
): Plan | null {
  const [first] = features;
  if (first === undefined) return null;
  const { line, range } = placeOf(first.sections[0]);
  const phase = {
    ...phaseDefaults,
    ...{ key: '', id: null, title: 'Features', dependsOn: [], line, range },
    subtasks: features.map(subtaskOf),
  };
  return {
    ...planDefaults,
    format: 'autobuildr',
    title: titleOf(text, path),
    statusNote:
      'A progress log is what agents say they did. It is never edited: statuses are kept in the database. With a feature_list.json beside it they are written there.',
    facts,
    phases: [phase],
    declaredPhases: 0,
  };
}

const named = /^#?[ \t]*Project:[ \t]*(\S.*)$/im;
const heading = /^#[ \t]+(\S.*)$/m;

/** As its head calls the project, else its folder, else the log itself. */
function titleOf(text: string, path: string): string {
  const head = text.slice(0, 2000);
  const project = named.exec(head)?.[1] ?? path.split('/').at(-2);
  const own = heading.exec(head)?.[1] ?? '';
  const title = project ?? (own === '' || /\bsession\b/i.test(own) ? path : own);
  return title.trim().slice(0, 200);
}

function subtaskOf({ id, title, sections, claims, status }: LoggedFeature): Subtask {
  const [first] = sections;
  const steps = sections.some((section) => section.steps.all > 0);
  const end = first.below.findLast(({ blank }) => !blank)?.end ?? first.heading.end;
  return {
    ...subtaskDefaults,
    key: id,
    keyOrigin: 'declared',
    id,
    title,
    detail: detailOf(first),
    status: status ?? (claims.length === 0 ? 'pending' : 'needs_attention'),
    fileStatus: claims[0]?.word.slice(0, 100) ?? null,
    dependsOn: [],
    files: [...new Set(sections.flatMap(({ files }) => files))],
    labels: steps ? ['self-reported'] : [],
    verification: [],
    checks: [],
    line: first.heading.number,
    range: { start: first.heading.start, end },
  };
}

function detailOf({ below }: LogSection): string {
  const text = below.map((line) => line.text).join('\n');
  return text
    .trim()
    .replace(/(?:^|\n)---$/, '')
    .trimEnd();
}
