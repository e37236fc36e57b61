import type { FileEdit, PlanSource, TextEdit } from '../../formats/format';
import type { Problem } from '../../model/plan';
import { fileAt, type PlanFiles } from '../document';

/** A change by which a person may solve a problem. */
export interface Fix {
  title: string;
  edits: FileEdit[];
  /** It changes more than the problem's own place, so it is shown before it is made. */
  isWide?: boolean;
}

/** What of a reading a fix may change, beside the problem itself. */
export type Aspect = 'status' | 'order' | 'ids' | 'facts' | 'words';

/** A problem with the file that it is in. */
export interface Trouble {
  problem: Problem;
  files: PlanFiles;
  path: string;
  text: string;
  /** When the fix is made, for files that keep the time of their last change: ISO 8601 in UTC. */
  at: string;
  /** Ids that were given away by fixes made together with this one. */
  taken: Set<string>;
}

/** Solves the problems of some rules; pure. What it proposes is offered where it holds (`holds`). */
export interface Fixer {
  readonly rules: readonly string[];
  readonly changes: readonly Aspect[];
  propose(trouble: Trouble): Fix[];
}

export function edit(path: string, start: number, end: number, text: string): FileEdit {
  return { path, range: { start, end }, text };
}

/** The same edit without the characters at its ends that stay as they are. */
export function shortest({ range, text }: TextEdit, file: string): TextEdit {
  const old = file.slice(range.start, range.end);
  const most = Math.min(old.length, text.length);
  let lead = 0;
  while (lead < most && old[lead] === text[lead]) lead += 1;
  if (isHigh(old[lead - 1])) lead -= 1;
  let trail = 0;
  while (trail < most - lead && old.at(-1 - trail) === text.at(-1 - trail)) trail += 1;
  if (trail > 0 && isHigh(old.at(-1 - trail))) trail -= 1;
  return {
    range: { start: range.start + lead, end: range.end - trail },
    text: text.slice(lead, text.length - trail),
  };
}

/** The first half of a sign that is two units long: it is not torn from the second. */
function isHigh(unit: string | undefined): boolean {
  return unit !== undefined && /[\uD800-\uDBFF]/.test(unit);
}

/** The files after edits in any of them, which do not overlap; files without one stay the same. */
export function editedSource(source: PlanSource, edits: readonly FileEdit[]): PlanSource {
  const others = new Map(source.others);
  let { text } = source;
  for (const path of new Set(edits.map((one) => one.path))) {
    const file = fileAt(source, path);
    if (file === null) continue;
    const changed = editedText(
      file.text,
      edits.filter((one) => one.path === path),
    );
    if (path === source.path) text = changed;
    else others.set(path, { path, text: changed });
  }
  return { path: source.path, text, others };
}

function editedText(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const { range, text: put } of edits.toSorted((a, b) => a.range.start - b.range.start)) {
    result += text.slice(at, range.start) + put;
    at = range.end;
  }
  return result + text.slice(at);
}
