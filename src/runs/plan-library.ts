import { posix, sep } from 'node:path';
import { decodeFile } from '../formats/decode';
import { discoverPlans } from '../formats/discovery';
import type { PlanFormat } from '../formats/format';
import { formatNamed, formatOf, mayBePlan, readPlan } from '../formats/registry';
import { RunsheetError, messageOf } from '../model/errors';
import type { Plan, Problem } from '../model/plan';
import { errorCode, type Files } from '../platform/files';
import type { Log } from '../platform/log';
import { Mutex } from '../platform/mutex';
import { insideDirectory } from '../platform/paths';
import type { Store } from '../store/store';
import { plans } from '../store/repositories/plans';
import { planContent, sha256 } from './plan-content';

/** A plan file as last read, with its identity in the database. */
export interface PlanEntry {
  planId: string;
  /** Workspace-relative, with `/`. */
  path: string;
  format: PlanFormat;
  /** The last reading that was a plan; a file that broke since keeps it, and its problems tell. */
  plan: Plan;
  problems: Problem[];
}

/** The workspace's plan files: found by their paths, read when told that they changed. */
export class PlanLibrary {
  private readonly byPath = new Map<string, PlanEntry>();
  /** Problems of files that look like plans and could not be read as one. */
  private readonly unreadable = new Map<string, Problem[]>();
  private readonly listeners = new Set<(entry: PlanEntry) => void>();
  private readonly reading = new Mutex();

  constructor(
    private readonly workspace: string,
    private readonly files: Files,
    private readonly store: Store,
    private readonly log: Log,
  ) {}

  get(planId: string): PlanEntry | null {
    return this.all().find((entry) => entry.planId === planId) ?? null;
  }

  at(path: string): PlanEntry | null {
    return this.byPath.get(path) ?? null;
  }

  all(): PlanEntry[] {
    return [...this.byPath.values()];
  }

  problemsAt(path: string): readonly Problem[] {
    return this.byPath.get(path)?.problems ?? this.unreadable.get(path) ?? [];
  }

  onRead(listener: (entry: PlanEntry) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  /** Reads every file that may be a plan; one that cannot be read does not stop the others. */
  async discover(): Promise<void> {
    const found = await discoverPlans(async (folder) => {
      try {
        return await this.files.list(this.absolute(folder));
      } catch (error) {
        this.log.warn('a folder could not be listed', { folder, reason: messageOf(error) });
        return [];
      }
    });
    const known = new Map<string, string | null>(found.map((path) => [path, null]));
    for (const row of await this.store.query(plans.all, undefined)) {
      // Opened by hand once, in a place where nothing is looked for.
      if (!known.has(row.source_path)) known.set(row.source_path, row.format);
    }
    for (const [path, format] of known) {
      await this.refresh(path, format).catch((error: unknown) => {
        this.log.error(`${path} could not be read`, error);
      });
    }
  }

  /** The file may have changed: reads it again. `null` when it is no plan (any more). */
  refresh(path: string, formatName: string | null = null): Promise<PlanEntry | null> {
    return this.reading.run(() => this.read(path, formatName));
  }

  /** Whether a change of this path can concern the library. */
  concerns(path: string): boolean {
    return this.byPath.has(path) || mayBePlan(path);
  }

  /** @throws RunsheetError `not_found`, `forbidden` for a path that leaves the workspace. */
  async open(path: string, formatName: string | null): Promise<PlanEntry> {
    const relative = posix.normalize(path.split(sep).join('/'));
    const entry = await this.refresh(relative, formatName);
    if (entry !== null) return entry;
    const problem = this.unreadable.get(relative)?.[0];
    if (problem === undefined && (await this.files.kind(this.absolute(relative))) === null) {
      throw new RunsheetError('not_found', `There is no file ${path} in the workspace.`, { path });
    }
    throw new RunsheetError(
      problem === undefined ? 'not_found' : 'validation',
      problem === undefined
        ? `${path} is not a plan that Runsheet knows. Name its format, or see docs/plan-format.md.`
        : `${path}:${problem.line}: ${problem.message}`,
      { path },
    );
  }

  absolute(path: string): string {
    return path === '' ? this.workspace : `${this.workspace}${sep}${path.split('/').join(sep)}`;
  }

  /**
   * Where the file really is, links followed.
   * @throws RunsheetError `forbidden` for a path that leaves the workspace.
   */
  async locate(path: string): Promise<string> {
    const inside = await insideDirectory(this.files, this.workspace, path);
    if (inside !== null) return (await this.files.resolve(inside)) ?? inside;
    throw new RunsheetError(
      'forbidden',
      `${path} leaves the workspace. Plans are read inside it.`,
      { path },
    );
  }

  private async read(path: string, formatName: string | null): Promise<PlanEntry | null> {
    const bytes = await this.bytesOf(path);
    if (bytes === null) return this.forget(path);
    const decoded = decodeFile(bytes);
    if (decoded.text === null) return this.keepBroken(path, [decoded.problem]);
    const source = { path, text: decoded.text };
    const format =
      (formatName === null ? this.byPath.get(path)?.format : formatNamed(formatName)) ??
      formatOf(source);
    const reading = format === null ? null : readPlan(source, format);
    const plan = reading?.plans[0];
    if (format === null || reading === null) return this.forget(path);
    if (plan === undefined) return this.keepBroken(path, reading.problems);
    const content = planContent(plan, path, sha256(bytes));
    const planId = await this.store.command(plans.sync, content, {
      actor: `import:${path}`.slice(0, 100),
    });
    const entry = { planId, path, format, plan, problems: reading.problems };
    this.byPath.set(path, entry);
    this.unreadable.delete(path);
    for (const listener of this.listeners) listener(entry);
    return entry;
  }

  private async bytesOf(path: string): Promise<Uint8Array | null> {
    const file = await this.locate(path);
    try {
      return await this.files.read(file);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return null;
      throw error;
    }
  }

  private keepBroken(path: string, problems: Problem[]): PlanEntry | null {
    const known = this.byPath.get(path);
    if (known === undefined) {
      this.unreadable.set(path, problems);
      return null;
    }
    const entry = { ...known, problems };
    this.byPath.set(path, entry);
    for (const listener of this.listeners) listener(entry);
    return entry;
  }

  private async forget(path: string): Promise<null> {
    this.unreadable.delete(path);
    const known = this.byPath.get(path);
    if (known !== undefined) {
      this.byPath.delete(path);
      await this.store.command(plans.markMissing, known.planId, { actor: 'engine' });
    }
    return null;
  }
}
