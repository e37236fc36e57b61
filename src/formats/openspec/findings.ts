import type { Problem } from '../../model/plan';
import { noTasks, problem, unknownMarker } from '../problems';
import type { ChangePlace } from './place';
import type { Scan } from './scan';
import type { ReadTask } from './subtask';

/** What is wrong in one tasks file. */
export function fileProblems(
  { headings, unknown }: Scan,
  tasks: readonly ReadTask[],
  path: string | null,
): Problem[] {
  const marks = unknown.map(({ line, range, mark }) => {
    const found = unknownMarker({ line, range, path }, mark, '[ ] [x] [X]');
    const message = `[${mark}] is no known mark, so the tool and Runsheet leave this line out. Write [ ] or [x].`;
    return { ...found, message };
  });
  return [...marks, ...groupNumbers(headings, tasks, path)];
}

/** Tasks below a `## N.` whose number begins with another. */
function groupNumbers(
  headings: Scan['headings'],
  tasks: readonly ReadTask[],
  path: string | null,
): Problem[] {
  const groups = headings.filter(({ level }) => level === 2);
  let next = 0;
  let group: string | null = null;
  return tasks.flatMap(({ subtask: { line, idRange }, task }): Problem[] => {
    for (; (groups[next]?.line ?? Infinity) <= line; next += 1)
      group = /^(\d+)\.(?:\s|$)/.exec(groups[next]?.title ?? '')?.[1] ?? null;
    const first = /^\D{0,2}(\d+)/.exec(task.text)?.[1];
    if (group === null || idRange === null || first === undefined) return [];
    if (plain(first) === plain(group)) return [];
    const message = `The number begins with ${first}, and the group is ${group}. Correct one of them; a heading may have been forgotten.`;
    return [problem('warning', 'group-number-mismatch', { line, range: idRange, path }, message)];
  });
}

function plain(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}

/** What is to say of the change as a whole. */
export function changeProblems(tasks: readonly ReadTask[], place: ChangePlace | null): Problem[] {
  const top = { line: 1, range: null };
  if (tasks.length === 0)
    return [
      noTasks(
        'The file has no task that the tool counts. A task is a line such as `- [ ] 1.1 Title`.',
      ),
    ];
  if (place === null) return [];
  const open = tasks.filter(({ subtask }) => subtask.status === 'pending').length;
  if (place.isArchived) {
    if (open === 0) return [];
    const message = `The change is archived with ${open} open tasks. Look whether they still have to be done.`;
    return [problem('warning', 'archived-with-open-tasks', top, message)];
  }
  const message = 'All tasks of the change are done. It can be archived with `openspec archive`.';
  return [
    ...(open === 0 ? [problem('info', 'ready-to-archive', top, message)] : []),
    ...unverified(tasks),
  ];
}

/** One notice for a change: the template wants each task to say how it is verified. */
function unverified(tasks: readonly ReadTask[]): Problem[] {
  const without = tasks.filter(
    ({ subtask }) => subtask.status === 'pending' && subtask.verification.length === 0,
  );
  const [first] = without;
  if (first === undefined) return [];
  const { line, range, path } = first.subtask;
  const message = `${without.length} open tasks do not say how they are verified, this one first. Add “Verify: …” to them.`;
  return [problem('info', 'no-verification', { line, range, path }, message)];
}
