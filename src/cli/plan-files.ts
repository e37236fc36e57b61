import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { decodeFile, refusedBySize, type DecodedFile } from '../formats/decode';
import { discoverPlans, type FolderEntry } from '../formats/discovery';
import type { PlanFormat } from '../formats/format';
import { formatOf, formats, readPlan } from '../formats/registry';
import { problem } from '../formats/problems';
import type { PlanReading, Problem } from '../model/plan';

/** A file that was asked for, or found. `format` is `null` when it belongs to none. */
export interface ReadFile {
  /** Relative to the workspace with `/`; as given where it lies outside. */
  path: string;
  format: PlanFormat | null;
  reading: PlanReading;
}

/** Plan files on the disk, for commands that need no engine. */
export class PlanFiles {
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
    return own === null ? this.below(absolute) : [await this.readFile(own)];
  }

  private async below(folder: string): Promise<ReadFile[]> {
    const list = (path: string) => listFolder(resolve(this.workspace, path));
    const paths = await discoverPlans(list, this.nameOf(folder));
    const read: ReadFile[] = [];
    for (const path of paths) read.push(await this.readFile(resolve(this.workspace, path), path));
    // A path alone does not make a plan: other tools use the same names.
    return read.filter(({ format }) => format !== null);
  }

  private async planOfFolder(folder: string): Promise<string | null> {
    const asked = this.format === null ? formats : [this.format];
    for (const name of asked.flatMap(({ folderFiles }) => folderFiles)) {
      const entry = await stat(join(folder, name)).catch(() => null);
      if (entry?.isFile() === true) return join(folder, name);
    }
    return null;
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
    if (text === null) {
      const format = this.format ?? formatOf({ path, text: '' });
      return { path, format, reading: { plans: [], problems: [refusal] } };
    }
    const source = { path, text };
    const format = this.format ?? formatOf(source);
    const reading = readPlan(source, format);
    return reading === null ? { path, format, reading: unknown } : { path, format, reading };
  }

  /** A link inside the workspace may not lead out of it; files elsewhere were asked for. */
  private async staysInside(absolute: string): Promise<boolean> {
    if (!isInside(this.workspace, absolute)) return true;
    const [root, real] = await Promise.all([realpath(this.workspace), realpath(absolute)]);
    return isInside(root, real);
  }

  private refused(absolute: string, rule: string, message: string): ReadFile {
    const problems = [problem('error', rule, { line: 1, range: null }, message)];
    return { path: this.nameOf(absolute), format: this.format, reading: { plans: [], problems } };
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
    .join(', ')}), or see docs/plan-format.md.`,
);
const unknown: PlanReading = { plans: [], problems: [unknownProblem] };

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** What the file holds, or why it cannot be read. A file over the limit is not read to its end. */
async function decodeAt(path: string): Promise<DecodedFile | string> {
  try {
    const { size } = await stat(path);
    return refusedBySize(size) ?? decodeFile(await readFile(path));
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
