import type { CommandView } from '../../protocol/views';

const mostUsers = 8;

/** Commands as they would be executed, below the subtasks that use them and where they run. */
export function commandText(commands: readonly CommandView[]): string {
  const groups = new Map<string, string[]>();
  for (const one of commands) {
    const heading = headingOf(one);
    groups.set(heading, [...(groups.get(heading) ?? []), one.command]);
  }
  return [...groups].map(([heading, texts]) => [heading, ...texts].join('\n')).join('\n\n');
}

function headingOf({ usedBy, workingDirectory }: CommandView): string {
  const users = usedBy.length > mostUsers ? [...usedBy.slice(0, mostUsers), '…'] : usedBy;
  const place = workingDirectory === '.' || workingDirectory === '' ? '' : ` (${workingDirectory})`;
  return `# ${users.join(', ')}${place}`;
}
