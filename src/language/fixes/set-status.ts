import type { FileEdit } from '../../formats/format';
import { subtasksOf, type Subtask } from '../../model/plan';
import { satisfiesDependents } from '../../model/schedule';
import type { SubtaskStatus } from '../../model/status';
import type { Fix, Fixer, Trouble } from './fix';
import { subtaskAt, type Concerned } from './subtask-at';

/** Offers the words that the format has for a status that is not there or not understood. */
export const knownStatus: Fixer = {
  rules: ['unknown-status', 'unknown-marker', 'missing-status'],
  changes: ['status'],
  propose(trouble) {
    const found = subtaskAt(trouble);
    if (found === null) return [];
    const asked: SubtaskStatus[] = ['pending', 'in_progress', 'done', 'blocked', 'skipped'];
    const fixes = asked.flatMap((status): Fix[] => {
      const edits = written(trouble, found, found.subtask, status);
      const own = edits.find(({ path }) => path === trouble.path);
      if (own === undefined) return [];
      return [{ title: `Set ${found.subtask.id} to ${shown(own.text)}`, edits }];
    });
    return [...new Map(fixes.map((fix) => [fix.title, fix])).values()];
  },
};

/** A mark, or the word of a value or of a whole new member. */
function shown(text: string): string {
  if (text.length === 1) return `[${text}]`;
  const value = /^[^:]*:\s*("[^"]*")\s*,?\s*$/.exec(text.trim())?.[1] ?? text.trim();
  return `“${value.replace(/^(["'])(.*)\1$/s, '$2')}”`;
}

/** Takes a tick back, or says the same of what had to come first. */
export const tickedTooSoon: Fixer = {
  rules: ['done-before-dependency'],
  changes: ['status', 'words'],
  propose(trouble) {
    const found = subtaskAt(trouble);
    if (found === null) return [];
    const byKey = new Map(subtasksOf(found.plan).map((subtask) => [subtask.key, subtask]));
    const open = found.subtask.dependsOn
      .filter(({ kind }) => kind === 'declared')
      .flatMap(({ id }) => byKey.get(id) ?? [])
      .filter(({ status }) => !satisfiesDependents(status, true));
    return [
      ...reopened(trouble, found),
      ...open.flatMap((before): Fix[] => {
        const edits = written(trouble, found, before, 'done');
        return edits.length === 0 ? [] : [{ title: `Mark ${before.id} as done, too`, edits }];
      }),
    ];
  },
};

/** Takes a tick back that the subtask's own lines contradict. */
export const tickContradicted: Fixer = {
  rules: ['tick-contradicts-result', 'tick-contradicts-steps', 'done-with-open-criteria'],
  changes: ['status', 'words'],
  propose(trouble) {
    const found = subtaskAt(trouble);
    return found === null ? [] : reopened(trouble, found);
  },
};

function reopened(trouble: Trouble, found: Concerned): Fix[] {
  const { subtask } = found;
  const edits = written(trouble, found, subtask, 'pending');
  return edits.length === 0 ? [] : [{ title: `Mark ${subtask.id} as open again`, edits }];
}

/** What the format writes; it knows the words, and what else has to follow. */
function written(
  { files: { format, source }, at }: Trouble,
  { plan }: Concerned,
  { key }: Subtask,
  status: SubtaskStatus,
): FileEdit[] {
  const change = { plan: plan.name, key, status, at, known: new Map<string, SubtaskStatus>() };
  return format.write(source, change) ?? [];
}
