import type { SourceFile } from '../format';
import { frontMatterText, readFrontMatter } from '../front-matter';
import { baseName } from '../text';

export type Kind =
  | 'ops_analysis'
  | 'product_plan'
  | 'engineering_plan'
  | 'minutes'
  | 'summary'
  | 'events'
  | 'task_breakdown'
  | 'execution_schedule'
  | 'proposal'
  | 'none';

const titles: readonly [RegExp, Kind][] = [
  [/^VP Operations Analysis\b/, 'ops_analysis'],
  [/^VP Product Plan\b/, 'product_plan'],
  [/^VP Engineering Plan\b/, 'engineering_plan'],
  [/^Board Meeting Minutes\b/, 'minutes'],
  [/^Boardroom Session Summary\b/, 'summary'],
];
const roles: ReadonlyMap<string, Kind> = new Map([
  ['ops', 'ops_analysis'],
  ['product', 'product_plan'],
  ['engineering', 'engineering_plan'],
]);

const taskHeading = /^#{3,4}[ \t]+(?:\*\*)?T\d+\.\d+(?:\*\*)?[ \t]*[-–—:][ \t]*\S/gm;
const batchHeading = /^#{2,4}[ \t]+BATCH[ \t]+\d+[ \t]*:[ \t]*\S/im;

/** What a file is by its text; the name counts only for the three roles, whose names are ours. */
export function kindOf({ path, text }: SourceFile): Kind {
  if (/\.jsonl$/i.test(path)) return isLog(text) ? 'events' : 'none';
  if (!/\.md$/i.test(path)) return 'none';
  const title = titleOf(text);
  const titled = titles.find(([pattern]) => pattern.test(title))?.[1];
  if (titled !== undefined) return titled;
  const front = readFrontMatter(text);
  const role = roles.get(frontMatterText(front, 'vp_type') ?? roleOfName(path) ?? '');
  if (role !== undefined) return role;
  if ((text.match(taskHeading)?.length ?? 0) >= 2) return 'task_breakdown';
  if (batchHeading.test(text)) return 'execution_schedule';
  return /\bProposal\s*$/i.test(title) ? 'proposal' : 'none';
}

/** Whether a text that nobody asked for by name is surely of this format. */
export function isOurs(source: SourceFile): boolean {
  const kind = kindOf(source);
  if (kind !== 'proposal') return kind !== 'none';
  return /(?:^|\/)proposals\/[^/]*$/.test(source.path);
}

/** The first level-1 heading, which front matter has before it. */
export function titleOf(text: string): string {
  return /^\uFEFF?#[ \t]+(\S.*)$/m.exec(text)?.[1]?.trim() ?? '';
}

function roleOfName(path: string): string | null {
  return /-vp-(ops|product|engineering)\.md$/i.exec(path)?.[1]?.toLowerCase() ?? null;
}

/** An event stands in one of the first lines; one that is broken is no reason to leave the rest. */
function isLog(text: string): boolean {
  const first = text.trimStart().split('\n', 3);
  return first.some(
    (line) =>
      line.trimStart().startsWith('{') &&
      ['"table"', '"op"', '"data"'].every((key) => line.includes(key)),
  );
}

// Where the files of one session are.

/** What a session's file names begin or, for logs, end with: `sess_1a2b`. */
export function sessionOfPath(path: string): string | null {
  return /(sess_\w+?)(?=-vp-|-minutes|-summary|\.jsonl$)/.exec(baseName(path))?.[1] ?? null;
}

/** The session that a file is about, by what it says or else by its name. */
export function sessionOf({ path, text }: SourceFile): string | null {
  const head = text.slice(0, 4000);
  const said =
    frontMatterText(readFrontMatter(head), 'session_id') ??
    /^\*\*Session(?: ID)?:\*\*[ \t]*(\S+)/m.exec(head)?.[1];
  return said ?? sessionOfPath(path);
}

const generated = 'docs/plans/generated/';

/** Where the operations file may be to which a file belongs; the file itself comes last. */
export function homesOf(path: string): string[] {
  const folder = path.slice(0, -baseName(path).length);
  const session = sessionOfPath(path);
  const ops = session === null ? [] : [`${folder}${session}-vp-ops.md`];
  if (/-vp-ops\.md$/i.test(path)) return [path];
  if (/-vp-(?:product|engineering)\.md$/i.test(path)) return [...ops, path];
  if (/-(?:minutes|summary)\.md$/i.test(path)) return ops;
  const [, root] = /^(.*?)data\/events\/[^/]*\.jsonl$/.exec(path) ?? [];
  // These hold nothing but the row of a session that began.
  if (root === undefined || /-session-\d+\.jsonl$/.test(path)) return [];
  return session === null ? [path] : [`${root}${generated}${session}-vp-ops.md`, ...ops, path];
}

/** The files that are read with an operations file. */
export function partsOf(path: string): string[] {
  const session = sessionOfPath(path);
  if (session === null || !/-vp-ops\.md$/i.test(path)) return [];
  const folder = path.slice(0, -baseName(path).length);
  const root = folder.endsWith(generated) ? folder.slice(0, -generated.length) : '';
  return [
    ...['product', 'minutes', 'summary'].map((name) =>
      name === 'product' ? `${folder}${session}-vp-product.md` : `${folder}${session}-${name}.md`,
    ),
    // Those of other sessions too: two sessions with the same tasks are a finding.
    `${folder}*-vp-engineering.md`,
    `${folder}*-${session}.jsonl`,
    `${root}data/events/*-${session}.jsonl`,
  ];
}
