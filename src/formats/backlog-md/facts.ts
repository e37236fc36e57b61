import type { Facts, Subtask } from '../../model/plan';
import { compareIds } from './ids';
import { openCriteria, type ReadTask } from './subtask';
import type { TaskFile } from './task-file';
import type { Words } from './words';

// What a backlog counts beside the model, by the names in docs/formats.md.

/** Of the tasks of a whole folder; `parents` are pairs of child and parent. */
export function factsOfFolder(tasks: readonly ReadTask[], words: Words): Facts {
  const ids = new Map(tasks.map(({ subtask: { key, id } }) => [key, id]));
  const pairs = tasks.flatMap(({ subtask, parent }) =>
    parent === null ? [] : [[subtask.id, ids.get(parent) ?? parent] as const],
  );
  return {
    ...countsOf(
      tasks.map(({ task }) => task),
      words,
    ),
    ...naturalIds(tasks.map(({ subtask }) => subtask)),
    parents: pairs.toSorted(([one], [other]) => compareIds(one, other)),
  };
}

/** The ids in natural order, where the board has another. */
function naturalIds(subtasks: readonly Subtask[]): { ids?: string[] } {
  const ids = subtasks.map(({ id }) => id);
  const natural = ids.toSorted(compareIds);
  return natural.some((id, at) => id !== ids[at]) ? { ids: natural } : {};
}

/** `done` counts the project's own word for it, whatever else counts as done. */
export function countsOf(tasks: readonly TaskFile[], words: Words) {
  const total = (count: (task: TaskFile) => number) =>
    tasks.reduce((sum, task) => sum + count(task), 0);
  const criteria = total((task) => task.criteria.length);
  const definitionOfDone = total((task) => task.definitionOfDone.length);
  return {
    done: total(({ status }) => Number(status !== null && words.isDoneWord(status.text))),
    criteria,
    criteriaDone: criteria - total((task) => openCriteria(task).length),
    ...(definitionOfDone === 0 ? {} : { definitionOfDone }),
    ...uncriticised(total((task) => Number(task.criteria.length === 0))),
  };
}

function uncriticised(count: number): { withoutCriteria?: number } {
  return count === 0 ? {} : { withoutCriteria: count };
}
