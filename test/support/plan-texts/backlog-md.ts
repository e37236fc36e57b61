import type { PlanSource, SourceFile } from '../../../src/formats/format';

/** A task that uses most of what the format has. */
export const backlogTaskText = `---
id: TASK-2.2
title: 'Shop: the "cart" isn''t saved'
status: 'In Progress'
assignee: ['@ann', "@bo"]
created_date: '2026-01-02 10:00'
updated_date: '2026-01-03 11:30'
labels:
  - web
  - "a, b"   # quoted
dependencies:
- task-2.1
priority: high
milestone: m-1
ordinal: 2000
parent_task_id: TASK-2
modified_files: [src/cart.ts, ../other/x.ts]
references:
  - docs/cart.md
  - https://example.org/cart.md
custom: kept
---

## Description

<!-- SECTION:DESCRIPTION:BEGIN -->
The cart is lost on reload.

\`\`\`
<!-- AC:BEGIN -->
- [ ] #9 quoted
<!-- AC:END -->
\`\`\`
<!-- SECTION:DESCRIPTION:END -->

## Acceptance Criteria
<!-- AC:BEGIN -->
- [x] #1 Reload keeps the cart
- [ ] #2 Logging out empties it
<!-- AC:END -->

## Definition of Done
<!-- DOD:BEGIN -->
- [ ] #1 Tests run
<!-- DOD:END -->

## Implementation Notes

<!-- SECTION:NOTES:BEGIN -->
## Acceptance Criteria
- [ ] not a criterion
<!-- SECTION:NOTES:END -->
`;

function task(id: string, rest: string, name = id, folder = 'tasks'): SourceFile {
  const path = `backlog/${folder}/${name} - Some-title.md`;
  return { path, text: `---\nid: ${id}\ntitle: About ${id}\n${rest}---\n` };
}

export function filesAsOthers(files: readonly SourceFile[]): Map<string, SourceFile> {
  return new Map(files.map((file) => [file.path, file]));
}

export const backlogFiles: readonly SourceFile[] = [
  {
    path: 'backlog/config.yml',
    text: 'project_name: "Shop"\nstatuses: ["To Do", "In Progress", "In Review", "Shipped"]\ndefault_status: To Do\nonStatusChange: \'notify "$STATUS"\'\n',
  },
  task('task-1', 'status: Shipped\n', 'task-1', 'completed'),
  task('TASK-2', 'status: To Do\ndependencies: []\n'),
  task('task-2.1', 'status: "In Review"\nparent_task_id: task-2\ndependencies: [TASK-1]\n'),
  { path: 'backlog/tasks/epics/shop/task-2.2 - Cart.md', text: backlogTaskText },
  task('task-10', 'status: to do\nupdated_date: 2026-01-03\ndependencies: [BACK-1, task-77]\n'),
  task('task-9', ''),
  { path: 'backlog/tasks/notes.md', text: '# Notes\n**Status:** done\n' },
  task('draft-3', 'status: Draft\n', 'draft-3', 'drafts'),
  task('task-77', 'status: To Do\n', 'task-77', 'archive/tasks'),
];

/** A backlog of a few tasks, with a draft and an archived one. */
export const backlogFolder: PlanSource = {
  path: 'backlog',
  text: '',
  others: filesAsOthers(backlogFiles),
};
