import { posix, sep } from 'node:path';
import { decodePlan } from '../formats/decode';
import { discoverPlans, type FolderEntry } from '../formats/discovery';
import type { PlanFormat } from '../formats/format';
import { matchesGlob } from '../formats/globs';
import type { Disk } from '../formats/parts';
import { noPlanSentence } from '../formats/no-plan';
import { formatNamed, homesOf, mayBePlan } from '../formats/registry';
import { RunsheetError, messageOf } from '../model/errors';
import { planReference, type Plan, type Problem } from '../model/plan';
import { errorCode, type Files } from '../platform/files';
import type { Log } from '../platform/log';
import { Mutex } from '../platform/mutex';
import { insideDirectory } from '../platform/paths';
import type { Store } from '../store/store';
import { plans } from '../store/repositories/plans';
import { planContent } from './plan-content';
import { PlanPlace } from './plan-place';

/** A plan as last read, with its identity in the database. */
export interface PlanEntry {
  planId: string;
  /** The plan's file, or the folder of its files: workspace-relative, with `/`. */
  path: string;
  /** What people and commands call it; the path where that holds no other plan. */
  reference: string;
  format: PlanFormat;
  /** The last reading that was a plan; a file that broke since keeps it, and its problems tell. */
  plan: Plan;
  problems: readonly Problem[];
  /** All files that it was read from: workspace-relative, its own first. */
  files: readonly string[];
}

/** A file that belongs to a format and holds no plan: a report, a log, a part of another tool. */
export interface PlanlessFile {
  plan: null;
  path: string;
  /** What it is and says, in one sentence. */
  text: string;
  problems: readonly Problem[];
}

/** The workspace's plans: found by their paths, read when told that a file of theirs changed. */
export class PlanLibrary {
  private readonly places = new Map<string, { place: PlanPlace; entries: readonly PlanEntry[] }>();
  /** What is no plan, or could not be read as one. */
  private readonly planless = new Map<string, PlanPlace>();
  private readonly listeners = new Set<(entry: PlanEntry) => void>();
  private readonly reading = new Mutex();
  private checklists: readonly string[] = [];

  constructor(
    private readonly workspace: string,
    private readonly files: Files,
    private readonly store: Store,
    private readonly log: Log,
    /** Globs of Markdown files whose checklists are plans, as the workspace's settings have them. */
    private readonly readChecklists: () => Promise<readonly string[]> = () => Promise.resolve([]),
  ) {}

  get(planId: string): PlanEntry | null {
    return this.all().find((entry) => entry.planId === planId) ?? null;
  }

  /** The plan at a path or reference; of several in one file the first. */
  at(path: string): PlanEntry | null {
    const here = this.places.get(path)?.entries[0];
    return here ?? this.all().find(({ reference }) => reference === path) ?? null;
  }

  /** Where the file is a plan's own or one of its parts, or was read and is none. */
  placeOf(path: string): { place: PlanPlace; entries: readonly PlanEntry[] } | null {
    const own = this.places.get(path);
    if (own !== undefined) return own;
    for (const known of this.places.values()) if (known.place.has(path)) return known;
    const place = this.planless.get(path);
    return place === undefined ? null : { place, entries: [] };
  }

  all(): PlanEntry[] {
    return [...this.places.values()].flatMap(({ entries }) => entries);
  }

  problemsAt(path: string): readonly Problem[] {
    const read = this.planless.get(path)?.reading;
    return this.places.get(path)?.entries[0]?.problems ?? read?.problems ?? [];
  }

  onRead(listener: (entry: PlanEntry) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  /** Reads everything that may be a plan; one that cannot be read does not stop the others. */
  async discover(): Promise<void> {
    this.checklists = await this.readChecklists();
    const found = await discoverPlans((folder) => this.list(folder), '', this.checklists);
    const known = new Map<string, string | null>(found.map((path) => [path, null]));
    for (const row of await this.store.query(plans.all, undefined)) {
      // Opened by hand once, in a place where nothing is looked for.
      if (!known.has(row.source_path)) known.set(row.source_path, row.format);
    }
    for (const [path, format] of known) {
      await this.reading
        .run(() => this.read(path, format))
        .catch((error: unknown) => {
          this.log.error(`${path} could not be read`, error);
        });
    }
  }

  /** The file may have changed: reads its plan again. `null` when it is no plan (any more). */
  refresh(path: string, formatName: string | null = null): Promise<PlanEntry | null> {
    return this.reading.run(async () => {
      const known = this.placeOf(path) ?? this.wanting(path);
      if (known !== null && known.place.path !== path) return this.readAllWith(path);
      const isNew = known === null || this.planless.has(path);
      const home = formatName === null && isNew ? await this.homeOf(path) : path;
      return this.read(home, formatName, home === path ? null : path);
    });
  }

  /** Reads the plans again to which a part belongs: it may be one of several. */
  private async readAllWith(part: string): Promise<PlanEntry | null> {
    const places = Array.from(this.places.values(), ({ place }) => place);
    const entries: (PlanEntry | null)[] = [];
    for (const place of places)
      if (place.has(part) || place.wants(part))
        entries.push(await this.read(place.path, null, part));
    return entries.find((entry) => entry !== null) ?? null;
  }

  /** Whether a change of this path can concern the library. */
  concerns(path: string): boolean {
    if (mayBePlan(path) || matchesGlob(path, this.checklists)) return true;
    return this.placeOf(path) !== null || this.wanting(path) !== null;
  }

  /**
   * @throws RunsheetError `not_found`, `validation` for a plan that cannot be read, `forbidden` for
   * a path that leaves the workspace.
   */
  async open(path: string, formatName: string | null): Promise<PlanEntry | PlanlessFile> {
    const asked = posix.normalize(path.split(sep).join('/')).replace(/\/$/, '');
    const known = this.all().find((entry) => entry.reference === asked && entry.path !== asked);
    const relative = known?.path ?? asked;
    const entry = await this.refresh(relative, formatName);
    if (entry !== null) return this.at(asked) ?? entry;
    const read = this.planless.get(relative);
    const text = read === undefined ? null : noPlanSentence(read.reading, read.format.title);
    const [problem] = read?.reading.problems ?? [];
    if (text !== null)
      return { plan: null, path: relative, text, problems: read?.reading.problems ?? [] };
    if (problem === undefined && (await this.files.kind(this.absolute(relative))) === null) {
      throw new RunsheetError('not_found', `There is no file ${path} in the workspace.`, { path });
    }
    throw new RunsheetError(
      problem === undefined ? 'not_found' : 'validation',
      problem === undefined
        ? `${path} is not a plan that Runsheet knows. Name its format, or see docs/formats.md.`
        : `${problem.path ?? path}:${problem.line}: ${problem.message}`,
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

  /** Whether a file is there, inside the workspace; links are followed. */
  async isFile(path: string): Promise<boolean> {
    const inside = await insideDirectory(this.files, this.workspace, path);
    const real = inside === null ? null : await this.files.resolve(inside);
    return real !== null && (await this.files.kind(real)) === 'file';
  }

  /** A known plan that would be read with the file if it were there. */
  private wanting(path: string): { place: PlanPlace } | null {
    for (const known of this.places.values()) if (known.place.wants(path)) return known;
    return null;
  }

  private async homeOf(path: string): Promise<string> {
    for (const place of homesOf(path)) {
      if (place.endsWith('/')) return place.slice(0, -1);
      if (place === path || (await this.files.kind(this.absolute(place))) === 'file') return place;
    }
    return path;
  }

  /** @param changed the one part that is to be read again; `null`: everything. */
  private async read(
    path: string,
    formatName: string | null,
    changed: string | null = null,
  ): Promise<PlanEntry | null> {
    const known = this.places.get(path);
    const before = known?.place ?? this.planless.get(path) ?? null;
    const format = formatName === null ? (before?.format ?? null) : formatNamed(formatName);
    const way = { format, checklists: this.checklists };
    const place = await PlanPlace.read(path, way, this.disk, known?.place ?? null, changed);
    if (place === null) return this.forget(path);
    if (place.reading.plans.length === 0) return this.keepBroken(place);
    const entries: PlanEntry[] = [];
    for (const plan of place.reading.plans) entries.push(await this.sync(place, plan));
    await this.markMissing(known?.entries ?? [], entries);
    this.places.set(path, { place, entries });
    this.planless.delete(path);
    for (const entry of entries) for (const listener of this.listeners) listener(entry);
    return entries[0] ?? null;
  }

  private async sync(place: PlanPlace, plan: Plan): Promise<PlanEntry> {
    const { path, format, reading, files } = place;
    const content = planContent(plan, path, place.hash);
    const actor = `import:${path}`.slice(0, 100);
    const planId = await this.store.command(plans.sync, content, { actor });
    const reference = planReference(path, plan.name);
    return { planId, path, reference, format, plan, problems: reading.problems, files };
  }

  private readonly disk: Disk = {
    list: (folder) => this.list(folder),
    read: async (path) => {
      const bytes = await this.bytesOf(path);
      return bytes === null ? null : decodePlan(bytes);
    },
  };

  private async list(folder: string): Promise<readonly FolderEntry[]> {
    try {
      return await this.files.list(this.absolute(folder));
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        this.log.warn('a folder could not be listed', { folder, reason: messageOf(error) });
      return [];
    }
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

  private keepBroken(read: PlanPlace): PlanEntry | null {
    const { path } = read;
    const { problems } = read.reading;
    const known = this.places.get(path);
    if (known === undefined) {
      this.planless.set(path, read);
      return null;
    }
    const entries = known.entries.map((entry) => ({ ...entry, problems }));
    this.places.set(path, { place: known.place, entries });
    for (const entry of entries) for (const listener of this.listeners) listener(entry);
    return entries[0] ?? null;
  }

  private async forget(path: string): Promise<null> {
    this.planless.delete(path);
    const known = this.places.get(path);
    this.places.delete(path);
    await this.markMissing(known?.entries ?? [], []);
    return null;
  }

  private async markMissing(
    before: readonly PlanEntry[],
    now: readonly PlanEntry[],
  ): Promise<void> {
    for (const { planId } of before)
      if (!now.some((entry) => entry.planId === planId))
        await this.store.command(plans.markMissing, planId, { actor: 'engine' });
  }
}
