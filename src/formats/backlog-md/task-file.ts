import type { SourceRange } from '../../model/plan';
import type { SourceFile } from '../format';
import { markdownLines } from '../markdown';
import type { Line } from '../text';
import {
  entriesByKey,
  isNothing,
  wordOf,
  wordsOf,
  yamlEntries,
  type YamlEntry,
  type YamlWord,
} from '../yaml-words';
import { statusCommand } from './config';
import { readBody, type Body } from './sections';

/** A task's file as it is written; what its words mean, its project says. */
export interface TaskFile extends Body {
  file: SourceFile;
  id: YamlWord;
  title: string | null;
  status: YamlWord | null;
  /** Where a status could be written that is not there: behind the colon of its empty key. */
  emptyStatus: number | null;
  updated: YamlWord | null;
  dependencies: readonly YamlWord[];
  parent: string | null;
  ordinal: number | null;
  labels: readonly string[];
  files: readonly string[];
  onStatusChange: YamlWord | null;
  /** Of the task: from its front matter to the end. */
  range: SourceRange;
}

/** Whether a file is a task, and if not, why. */
export type TaskReading =
  { task: TaskFile; missing: null } | { task: null; missing: 'front-matter' | 'id'; line: number };

export function readTaskFile(file: SourceFile): TaskReading {
  const lines = markdownLines(file.text);
  const front = frontLines(lines);
  if (front === null) return { task: null, missing: 'front-matter', line: 1 };
  const entries = entriesByKey(yamlEntries(front.inside));
  const id = wordOf(entries.get('id'));
  if (id === null || id.text === '') return { task: null, missing: 'id', line: 1 };
  const status = wordOf(entries.get('status'));
  const textAt = (key: string) => {
    const word = wordOf(entries.get(key));
    return word === null || isNothing(word) ? null : word.text;
  };
  const ordinal = Number(textAt('ordinal') ?? NaN);
  return {
    task: {
      file,
      id,
      title: textAt('title'),
      status: status?.text === '' ? null : status,
      emptyStatus: status === null ? (entries.get('status')?.valueStart ?? null) : null,
      updated: wordOf(entries.get('updated_date')),
      dependencies: wordsOf(entries.get('dependencies')).filter((word) => !isNothing(word)),
      parent: textAt('parent_task_id'),
      ordinal: Number.isFinite(ordinal) ? ordinal : null,
      labels: labelsOf(entries),
      files: filesOf(entries),
      onStatusChange: statusCommand(entries),
      range: { start: front.start, end: file.text.length },
      ...readBody(lines.slice(front.length)),
    },
    missing: null,
  };
}

/** The lines between the two `---`; `null` without both. */
function frontLines(
  lines: readonly Line[],
): { inside: Line[]; length: number; start: number } | null {
  const isFence = (line: Line | undefined) => line !== undefined && /^---[ \t]*$/.test(line.text);
  if (!isFence(lines[0])) return null;
  const close = lines.findIndex((line, index) => index > 0 && isFence(line));
  if (close < 0) return null;
  return { inside: lines.slice(1, close), length: close + 1, start: lines[0]?.start ?? 0 };
}

function labelsOf(entries: ReadonlyMap<string, YamlEntry>): string[] {
  const named = ['priority', 'milestone', 'type'].flatMap((key) => {
    const word = wordOf(entries.get(key));
    return word === null || isNothing(word) ? [] : [`${key}:${word.text}`];
  });
  return [...textsAt(entries, 'labels'), ...named, ...textsAt(entries, 'assignee')];
}

/** Files that the task changed, and references that are paths. */
function filesOf(entries: ReadonlyMap<string, YamlEntry>): string[] {
  const references = textsAt(entries, 'references').filter(isPath);
  return [...new Set([...textsAt(entries, 'modified_files'), ...references])];
}

function textsAt(entries: ReadonlyMap<string, YamlEntry>, key: string): string[] {
  const words = wordsOf(entries.get(key)).filter((word) => !isNothing(word));
  return words.map(({ text }) => text);
}

function isPath(text: string): boolean {
  return !/\s|:\/\//.test(text) && /[\w)\]]\.\w{1,10}$|\w\/$/.test(text) && !text.startsWith('#');
}
