import type { FormatName, PlanReading, SourceRange } from '../model/plan';
import type { SubtaskStatus } from '../model/status';

/** A file as it was decoded, byte order mark included, so that offsets lead back to bytes. */
export interface SourceFile {
  /** Workspace-relative, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** A file that may be a plan. Nothing in it is ever executed by reading. */
export interface PlanSource extends SourceFile {
  /**
   * The files that belong to it, by their paths: those of `PlanFormat.parts` that are there. A file
   * that did not change is the same object as before, so what was read from it can be kept
   * (`perFile`). Absent: the file is read alone.
   */
  readonly others?: ReadonlyMap<string, SourceFile>;
}

/** Replace `range` by `text`; the smallest edit that expresses a change. */
export interface TextEdit {
  range: SourceRange;
  text: string;
}

/** An edit in one of the files of a plan. */
export interface FileEdit extends TextEdit {
  /** Workspace-relative, with `/`. */
  path: string;
}

export interface StatusChange {
  /** Name of the plan in its file; `''` for the only one. */
  plan: string;
  /** Key of the subtask. */
  key: string;
  /** What the file shall say; `done` is written for proven and accepted alike. */
  status: SubtaskStatus;
  /** When it changed: ISO 8601 in UTC, for formats that keep the time of the last change. */
  at: string;
  /** The statuses of the plan's other subtasks as Runsheet knows them, by their keys. */
  known: ReadonlyMap<string, SubtaskStatus>;
}

/** How the tool to which a file belongs keeps others from writing it at the same time. */
export interface PlanLock {
  /** The lock that is taken while it is written: a folder, as proper-lockfile makes it. */
  taken: string | null;
  /** Files whose presence says that somebody writes. */
  awaited: readonly string[];
}

/**
 * How a plan format is found, read and written. Pure and tolerant: `read` never throws, whatever
 * the text; what it does not understand becomes a problem.
 */
export interface PlanFormat {
  readonly name: FormatName;
  /** As its users call it. */
  readonly title: string;
  /** Globs, relative to the workspace, of the plans' files: of those that are told to `home`. */
  readonly paths: readonly string[];
  /** The kind of what is read where a folder was asked for that holds the plan's file. */
  readonly folderKind?: string;
  /**
   * Where the plan is to which the file at `path` belongs: places in the order of preference, of
   * which the first that exists counts. A place is the file itself, another file, or a folder
   * (with a `/` at its end), which always exists. Empty: by its path the file belongs to no plan;
   * asked for by name, it is read alone.
   */
  home(path: string): readonly string[];
  /**
   * Globs of the files that are read with the plan at `path`: a file's, or a folder's without `/`.
   * Nothing is looked for outside the folder in front of a glob's first sign.
   */
  parts(path: string): readonly string[];
  /**
   * Globs of files and folders of which only their being there counts, as of a database beside its
   * export. They come in `source.others` with an empty text and are never opened.
   */
  markers?(path: string): readonly string[];
  /** Whether the file belongs to this format: by its path, or else by its text. */
  detect(source: PlanSource): boolean;
  /** A folder is read with an empty text. */
  read(source: PlanSource): PlanReading;
  /** The locks of the format's own tool for one of a plan's files; absent: it has none. */
  locks?(file: SourceFile): PlanLock;
  /**
   * The edits by which the files say the new status: one or more, or none when the format has no
   * word for it or already says it. `null` when the subtask is not in the text any more.
   */
  write(source: PlanSource, change: StatusChange): FileEdit[] | null;
  /**
   * The edits by which the files say that the phase with a key is done, or open again. Made when a
   * person asks for it, and never else; absent: no phase has a mark of its own.
   */
  writePhase?(source: PlanSource, key: string, isDone: boolean): FileEdit[];
}

/** Keeps what was read from a file as long as the file stays the same object. */
export function perFile<T>(read: (file: SourceFile) => T): (file: SourceFile) => T {
  const kept = new WeakMap<SourceFile, { value: T }>();
  return (file) => {
    const known = kept.get(file);
    if (known !== undefined) return known.value;
    const value = read(file);
    kept.set(file, { value });
    return value;
  };
}

/** Edits of the plan's own file. */
export function editsOf({ path }: SourceFile, edits: readonly TextEdit[]): FileEdit[] {
  return edits.map((edit) => ({ ...edit, path }));
}

/** The edits that bring back what `edits` replaced in `text`. */
export function inverseOf(text: string, edits: readonly TextEdit[]): TextEdit[] {
  let shift = 0;
  return edits
    .toSorted((a, b) => a.range.start - b.range.start)
    .map(({ range, text: written }) => {
      const start = range.start + shift;
      shift += written.length - (range.end - range.start);
      return {
        range: { start, end: start + written.length },
        text: text.slice(range.start, range.end),
      };
    });
}
