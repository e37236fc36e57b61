import type { Problem } from '../../model/plan';
import { commandNeverRun } from '../problems';
import { linesOf } from '../text';
import {
  entriesByKey,
  wordOf,
  wordsOf,
  yamlEntries,
  type YamlEntry,
  type YamlWord,
} from '../yaml-words';

/** What a backlog's configuration says of its tasks. */
export interface BacklogConfig {
  projectName: string | null;
  /** The folder of the backlog, where the configuration stands outside. */
  folder: string | null;
  /** The words of its workflow in order; empty: those of the tool. */
  statuses: readonly string[];
  defaultStatus: string | null;
  /** Whether dates begin with the day. */
  dayFirst: boolean;
  onStatusChange: YamlWord | null;
}

export const noConfig: BacklogConfig = {
  projectName: null,
  folder: null,
  statuses: [],
  defaultStatus: null,
  dayFirst: false,
  onStatusChange: null,
};

export function readConfig(text: string): BacklogConfig {
  const entries = entriesByKey(yamlEntries(linesOf(text)));
  const textAt = (...keys: string[]) =>
    keys.map((key) => wordOf(entries.get(key))?.text ?? '').find((word) => word !== '') ?? null;
  return {
    projectName: textAt('project_name', 'projectName'),
    folder: textAt('backlog_directory', 'backlogDirectory'),
    statuses: wordsOf(entries.get('statuses'))
      .map((word) => word.text)
      .filter((word) => word !== ''),
    defaultStatus: textAt('default_status', 'defaultStatus'),
    dayFirst: /^dd/i.test(textAt('date_format', 'dateFormat') ?? ''),
    onStatusChange: statusCommand(entries),
  };
}

/** The command that the format's own tool runs when a status changes. */
export function statusCommand(entries: ReadonlyMap<string, YamlEntry>): YamlWord | null {
  const word = wordOf(entries.get('onStatusChange') ?? entries.get('on_status_change'));
  return word === null || word.text === '' ? null : word;
}

export function commandNotice(word: YamlWord | null, path: string | null): Problem[] {
  if (word === null) return [];
  return [commandNeverRun({ ...word, path }, 'onStatusChange', word.text)];
}

/** What `first` says, and for the rest what `second` does. */
export function mergedConfig(first: BacklogConfig, second: BacklogConfig): BacklogConfig {
  return {
    projectName: first.projectName ?? second.projectName,
    folder: first.folder ?? second.folder,
    statuses: first.statuses.length > 0 ? first.statuses : second.statuses,
    defaultStatus: first.defaultStatus ?? second.defaultStatus,
    dayFirst: first.dayFirst || second.dayFirst,
    onStatusChange: first.onStatusChange ?? second.onStatusChange,
  };
}

/** Whether a configuration looks like one of a backlog. */
export function isConfig(config: BacklogConfig): boolean {
  return config.projectName !== null || config.statuses.length > 0;
}
