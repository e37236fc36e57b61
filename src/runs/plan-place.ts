import type { PlanFormat, PlanSource, SourceFile } from '../formats/format';
import { matchesGlob } from '../formats/globs';
import { readParts, type Disk } from '../formats/parts';
import { sortProblems } from '../formats/problems';
import { formatOf, readPlan } from '../formats/registry';
import { readingOf } from '../formats/reading';
import type { PlanReading, Problem } from '../model/plan';
import { sha256 } from './plan-content';

/** How what is at a path is understood. */
export interface ReadingWay {
  /** `null`: by path and text. */
  format: PlanFormat | null;
  /** Globs of Markdown files that are plans though no format knows them. */
  checklists?: readonly string[];
}

/** A file, or a folder of files, as it was read at one time, with the plans in it. */
export class PlanPlace {
  private constructor(
    /** Workspace-relative, with `/`. */
    readonly path: string,
    readonly format: PlanFormat,
    /** `null` when the file is no text. */
    readonly source: PlanSource | null,
    readonly reading: PlanReading,
    /** Of all its texts. */
    readonly hash: string,
  ) {}

  /**
   * Reads what is at a path. Of what was read before, unchanged files stay the same objects.
   * @param way the format that it is read in, `null`: the one that it belongs to.
   * @param changed the one part that may have changed; `null`: all may have.
   * @returns `null` when nothing is there, or nothing that any format knows.
   */
  static async read(
    path: string,
    { format, checklists = [] }: ReadingWay,
    disk: Disk,
    before: PlanPlace | null,
    changed: string | null,
  ): Promise<PlanPlace | null> {
    const own = await ownText(path, disk);
    if (own === null) return null;
    const { text, problem } = own;
    const used = format ?? formatOf({ path, text: text ?? '' }, checklists);
    if (used === null) return null;
    if (text === null) return new PlanPlace(path, used, null, readingOf([], [problem]), '');
    const { others, problems } = await otherFiles(path, used, disk, before, changed);
    const source = { path, text, others };
    const reading = readPlan(source, used) ?? readingOf([], []);
    const all = { ...reading, problems: sortProblems([...reading.problems, ...problems]) };
    return new PlanPlace(path, used, source, all, hashOf(source));
  }

  /** Its own file, when it is one, and its parts; what only shows by being there has no text. */
  get files(): string[] {
    const others = [...(this.source?.others?.values() ?? [])];
    const parts = others.filter(({ text }) => text !== '').map(({ path }) => path);
    const isFolder = this.source?.text === '' && parts.length > 0;
    return isFolder ? parts : [this.path, ...parts];
  }

  has(path: string): boolean {
    return path === this.path || this.source?.others?.has(path) === true;
  }

  /** Whether a file at the path would be read with it. */
  wants(path: string): boolean {
    return matchesGlob(path, this.format.parts(this.path));
  }

  textOf(path: string): string | null {
    if (path === this.path) return this.source?.text ?? null;
    return this.source?.others?.get(path)?.text ?? null;
  }

  /** The source with another text in one of its files, as an editor holds it. */
  sourceWith(path: string, text: string, source: PlanSource | null = this.source): PlanSource {
    const others = new Map(source?.others);
    if (path === this.path) return { path, text, others };
    others.set(path, { path, text });
    return { path: this.path, text: source?.text ?? '', others };
  }
}

type OwnText = { text: string; problem: null } | { text: null; problem: Problem };

/** A folder has no text of its own, but its parts. */
async function ownText(path: string, disk: Disk): Promise<OwnText | null> {
  const decoded = await disk.read(path);
  if (decoded !== null) return decoded;
  return (await disk.list(path)).length > 0 ? { text: '', problem: null } : null;
}

async function otherFiles(
  path: string,
  format: PlanFormat,
  disk: Disk,
  before: PlanPlace | null,
  changed: string | null,
): Promise<{ others: Map<string, SourceFile>; problems: readonly Problem[] }> {
  const kept = before?.source?.others ?? new Map<string, SourceFile>();
  if (changed === null || before === null || before.format !== format)
    return readParts(format, path, disk, kept);
  const others = new Map(kept);
  const decoded = await disk.read(changed);
  if (decoded === null || decoded.text === null) others.delete(changed);
  else if (others.get(changed)?.text !== decoded.text)
    others.set(changed, { path: changed, text: decoded.text });
  const refusal = decoded?.problem ?? null;
  const problems = refusal === null ? [] : [{ ...refusal, path: changed }];
  return { others: new Map([...others].sort(([a], [b]) => (a < b ? -1 : 1))), problems };
}

function hashOf({ text, others }: PlanSource): string {
  const parts = [...(others ?? [])].map(([path, file]) => `${path}\0${sha256(file.text)}`);
  return sha256([text, ...parts].join('\0'));
}
