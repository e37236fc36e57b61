import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { decodePlan, refusedBySize, type DecodedFile } from '../formats/decode';
import { discoverPlans, type FolderEntry } from '../formats/discovery';
import type { PlanFormat, PlanSource } from '../formats/format';
import { readParts, type Disk } from '../formats/parts';
import { formatOf, formats, readPlan } from '../formats/registry';
import { problem, sortProblems } from '../formats/problems';
import { readingOf } from '../formats/reading';
import { matchesGlob } from '../formats/globs';
import { readWorkspaceConfig, workspaceConfigPath } from '../formats/workspace-config';
import type { PlanReading, Problem } from '../model/plan';

/** A file or folder that was asked for, or found. `format` is `null` when it belongs to none. */
export interface ReadFile {
  /** Relative to the workspace with `/`; as given where it lies outside. */
  path: string;
  format: PlanFormat | null;
  reading: PlanReading;
}

/** Plan files on the disk, for commands that need no engine. */
export class PlanFiles {
  private listed: Promise<readonly string[]> | null = null;

  constructor(
    private readonly workspace: string,
    private readonly cwd: string,
    private readonly format: PlanFormat | null,
  ) {}

  /** The plans in the workspace. */
  async inWorkspace(): Promise<ReadFile[]> {
    return this.below(this.workspace);
  }

  /** A file, a plan folder, or the plans below any other folder. */
  async at(path: string): Promise<ReadFile[]> {
    const absolute = resolve(this.cwd, path);
    const entry = await stat(absolute).catch(() => null);
    if (entry === null) return [this.refused(absolute, 'not-found', 'There is no such file.')];
    if (!entry.isDirectory()) return [await this.readFile(absolute)];
    const own = await this.planOfFolder(absolute);
    return own ?? this.below(absolute);
  }

  private async below(folder: string): Promise<ReadFile[]> {
    const list = (path: string) => listFolder(resolve(this.workspace, path));
    const paths = await discoverPlans(list, this.nameOf(folder), await this.checklists());
    const read: ReadFile[] = [];
    for (const path of paths) read.push(await this.readPlace(resolve(this.workspace, path), path));
    // A path alone does not make a plan: other tools use the same names.
    return read.filter(
      ({ format, reading: { plans, problems } }) =>
        format !== null && (plans.length > 0 || problems.length > 0),
    );
  }

  /** Globs of Markdown files whose checklists are plans here. */
  private checklists(): Promise<readonly string[]> {
    this.listed ??= this.readChecklists();
    return this.listed;
  }

  private async readChecklists(): Promise<readonly string[]> {
    const decoded = await decodeAt(resolve(this.workspace, workspaceConfigPath));
    const text = typeof decoded === 'string' ? null : decoded.text;
    return text === null ? [] : readWorkspaceConfig(text).config.checklists;
  }

  /** The plan that is this folder, or whose files stand directly in it. */
  private async planOfFolder(folder: string): Promise<ReadFile[] | null> {
    const name = this.nameOf(folder);
    const names = (await listFolder(folder)).filter(({ kind }) => kind === 'file');
    const paths = names.map((entry) => (name === '' ? entry.name : `${name}/${entry.name}`));
    const asked = this.format === null ? formats : [this.format];
    const homes = asked.flatMap((format) =>
      paths
        .filter((path) => matchesGlob(path, format.paths))
        .flatMap((path) => format.home(path).find((place) => isHere(place, name, paths)) ?? []),
    );
    const [home] = homes;
    if (home === undefined) return null;
    const read = await this.readPlace(resolve(this.workspace, home.replace(/\/$/, '')));
    if (read.format === null) return null;
    const { folderKind: kind = read.reading.kind } = read.format;
    return [{ ...read, reading: { ...read.reading, kind } }];
  }

  private async readPlace(absolute: string, path = this.nameOf(absolute)): Promise<ReadFile> {
    const entry = await stat(absolute).catch(() => null);
    return entry?.isDirectory() === true ? this.readText(path, '') : this.readFile(absolute, path);
  }

  private async readFile(absolute: string, path = this.nameOf(absolute)): Promise<ReadFile> {
    if (!(await this.staysInside(absolute)))
      return this.refused(
        absolute,
        'path-outside-workspace',
        'The link leads out of the workspace.',
      );
    const decoded = await decodeAt(absolute);
    if (typeof decoded === 'string') return this.refused(absolute, 'not-readable', decoded);
    const { text, problem: refusal } = decoded;
    if (text !== null) return this.readText(path, text);
    const format = this.format ?? formatOf({ path, text: '' });
    const kind = format?.read({ path, text: '' }).kind;
    return { path, format, reading: readingOf([], [refusal], kind) };
  }

  private async readText(path: string, text: string): Promise<ReadFile> {
    const format = this.format ?? formatOf({ path, text }, await this.checklists());
    if (format === null) return { path, format, reading: unknown };
    const parts = await readParts(format, path, this.disk);
    const source: PlanSource = { path, text, others: parts.others };
    const reading = readPlan(source, format) ?? unknown;
    const problems = sortProblems([...reading.problems, ...parts.problems]);
    return { path, format, reading: { ...reading, problems } };
  }

  private readonly disk: Disk = {
    list: (folder) => listFolder(resolve(this.workspace, folder)),
    read: async (path) => {
      const absolute = resolve(this.workspace, path);
      if (!(await this.staysInside(absolute))) return null;
      const decoded = await decodeAt(absolute);
      return typeof decoded === 'string' ? null : decoded;
    },
  };

  /** A link inside the workspace may not lead out of it; files elsewhere were asked for. */
  private async staysInside(absolute: string): Promise<boolean> {
    if (!isInside(this.workspace, absolute)) return true;
    const [root, real] = await Promise.all([realpath(this.workspace), realpath(absolute)]);
    return isInside(root, real);
  }

  private refused(absolute: string, rule: string, message: string): ReadFile {
    const problems = [problem('error', rule, { line: 1, range: null }, message)];
    return { path: this.nameOf(absolute), format: this.format, reading: readingOf([], problems) };
  }

  private nameOf(absolute: string): string {
    const inside = isInside(this.workspace, absolute);
    return (inside ? relative(this.workspace, absolute) : absolute).split(sep).join('/');
  }
}

const unknownProblem: Problem = problem(
  'error',
  'unknown-format',
  { line: 1, range: null },
  `The file is no plan that is known. Name its format with --format (${formats
    .map(({ name }) => name)
    .join(', ')}), or see docs/formats.md.`,
);
const unknown: PlanReading = readingOf([], [unknownProblem], 'unknown');

/** Whether a plan's place is the folder itself or a file in it. */
function isHere(place: string, folder: string, files: readonly string[]): boolean {
  return place === `${folder}/` || files.includes(place);
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** What the file holds, or why it cannot be read. A file over the limit is not read to its end. */
async function decodeAt(path: string): Promise<DecodedFile | string> {
  try {
    const { size } = await stat(path);
    return refusedBySize(size) ?? decodePlan(await readFile(path));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function listFolder(folder: string): Promise<FolderEntry[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.map((entry) => {
    if (entry.isSymbolicLink()) return { name: entry.name, kind: 'link' };
    if (entry.isFile()) return { name: entry.name, kind: 'file' };
    return { name: entry.name, kind: entry.isDirectory() ? 'directory' : 'other' };
  });
}
