import type { Problem } from '../../model/plan';
import { Keys } from '../keys';
import { duplicateId } from '../problems';
import { foldId } from './ids';
import type { TaskFile } from './task-file';

/** Gives each task of a backlog its key; ids that differ in case alone are the same. */
export function takeKeys(
  tasks: readonly TaskFile[],
  problems: Problem[],
): { task: TaskFile; key: string }[] {
  const keys = new Keys();
  const first = new Map<string, TaskFile>();
  return tasks.map((task) => {
    const { id, file } = task;
    const folded = foldId(id.text);
    const before = first.get(folded);
    if (before === undefined) first.set(folded, task);
    else {
      const at = { line: id.line, range: id.range, path: file.path };
      problems.push(duplicateId(at, id.text, before.file.path));
    }
    return { task, key: keys.take((before ?? task).id.text, id.line).key };
  });
}
