import type { Node } from 'jsonc-parser';
import { elementsOf, membersOf, textOf } from '../json';

/** A list of tasks: each tag of a file, or the whole of one in the older shape. */
export interface Tag {
  /** Empty only where the file names it so. */
  name: string;
  tasks: Node;
  metadata: Map<string, Node>;
}

/** What a file without tags is taken for, as its tool does. */
export const defaultTag = 'master';

/** The tags of a file in their order; a top-level list of tasks counts as one. */
export function tagsOf(root: Node): Tag[] {
  const members = membersOf(root);
  const tags: Tag[] = [];
  for (const [name, node] of members) {
    const own = membersOf(node);
    const tasks = own.get('tasks');
    if (tasks?.type === 'array')
      tags.push({ name, tasks, metadata: membersOf(own.get('metadata')) });
  }
  const tasks = members.get('tasks');
  if (tasks?.type !== 'array') return tags;
  const metadata = membersOf(members.get('metadata'));
  return [{ name: freeName(tags), tasks, metadata }, ...tags];
}

function freeName(tags: readonly Tag[]): string {
  let name = defaultTag;
  while (tags.some((tag) => tag.name === name)) name = `${name} (without a tag)`;
  return name;
}

/** Whether the tasks look like this tool's: other programs have lists of tasks, too. */
export function hasOurTasks({ tasks }: Tag): boolean {
  return elementsOf(tasks).some((task) => {
    const members = membersOf(task);
    const named = textOf(members.get('id')) !== null && members.has('title');
    return named && ['dependencies', 'subtasks', 'testStrategy'].some((key) => members.has(key));
  });
}
