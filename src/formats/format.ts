import type { FormatName, PlanReading, SourceRange } from '../model/plan';
import type { SubtaskStatus } from '../model/status';

/** A file that may be a plan. Nothing in it is ever executed by reading. */
export interface PlanSource {
  /** Workspace-relative, with `/`. */
  path: string;
  /** The decoded text, byte order mark included, so that offsets lead back to bytes. */
  text: string;
}

/** Replace `range` by `text`; the smallest edit that expresses a change. */
export interface TextEdit {
  range: SourceRange;
  text: string;
}

export interface StatusChange {
  /** Key of the subtask. */
  key: string;
  /** What the file shall say; `done` is written for proven and accepted alike. */
  status: SubtaskStatus;
}

/**
 * How a plan format is found, read and written. Pure and tolerant: `read` never throws, whatever
 * the text; what it does not understand becomes a problem.
 */
export interface PlanFormat {
  readonly name: FormatName;
  /** Globs, relative to the workspace, of the places where plans of this format are found. */
  readonly paths: readonly string[];
  /** Names of the file that holds the plan of a plan folder, the preferred one first. */
  readonly folderFiles: readonly string[];
  /** Whether the file belongs to this format: by its path, or else by its text. */
  detect(source: PlanSource): boolean;
  read(source: PlanSource): PlanReading;
  /**
   * The edits by which the file says the new status: one or more, or none when the format has no
   * word for it or already says it. `null` when the subtask is not in the text any more.
   */
  write(source: PlanSource, change: StatusChange): TextEdit[] | null;
}
