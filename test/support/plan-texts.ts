import type { TextEdit } from '../../src/formats/format';

/** A plan of each format that uses most of what the format has. */
export const planTexts = {
  runsheet: {
    path: 'shop.plan.md',
    text: `---
runsheet: 1
title: Shop search
agent: command
workers: 3
base: main
checks:
  - npm run lint
---

# Not the title

Some prose.

## Index

- [ ] T01 Build the index
  - files: src/index.js, test/index.test.js
  - run: node tools/step.mjs index
  - check: node --test test/index.test.js
  Words for the agent.
- [x] T02 Keep it fresh
  - depends: T01
  - check: ["node", "--test"]
  - labels: slow, \`db\`
  - optional: yes
- gate: Look at the index
  - criterion: It finds things
  - criterion-check: npm run smoke

## Page

depends: Index

- [/] T03 Show results
  - files:
    - src/page.js
    - src/page.css
  - gate: Approve the page
    - criterion: It looks right
- [-] Write a guide
- [!] step-9: Measure it
  - depends: T03, write a guide

## Notes

Only prose here.
`,
  },
  'spec-kit': {
    path: 'specs/001-search/tasks.md',
    text: `# Tasks: Shop search

**Input**: design documents

## Format: \`[ID] [P?] [Story] Description\`

- **[P]**: can run in parallel

## Phase 1: Setup

- [X] T001 Create \`package.json\`
- [x] T002 [P] Add lint rules in \`eslint.config.js\`
- [ ] T003 [P] Add tests in tests/setup.test.js (depends on T001,
  T002)

**Checkpoint**: it builds

## Phase 2: User Story 1 - Search (Priority: P1)

### Tests for User Story 1

- [ ] **T004 [US1]** Write src/search.ts
  - **Verify**: \`npm test\`
  - Dependencies: T003
- [ ] ~~T005~~ **Deleted** — not needed
- [~] T006 [US1] Undo it

## Dependencies

- T004 → T006
- T001 blocks T004 (needs the package)
- User Story 1 comes before the rest

## Notes

- [ ] Remember the milk
`,
  },
  'auto-claude': {
    path: '.auto-claude/specs/001-search/implementation_plan.json',
    text: `{
  "feature": "Shop search",
  "workflow_type": "feature",
  "phases": [
    {
      "id": "phase-1-index",
      "phase": 1,
      "name": "Index",
      "depends_on": [],
      "parallel_safe": false,
      "subtasks": [
        {
          "id": "subtask-1-1",
          "description": "Build the index. It holds all articles.",
          "files_to_create": ["src/index.js"],
          "service": "main",
          "verification": { "type": "command", "command": "node --test", "expected": "OK" },
          "status": "completed"
        },
        {
          "id": "subtask-1-2",
          "description": "Keep it fresh",
          "files_to_modify": ["src/index.js"],
          "verification": { "type": "manual", "instructions": "Look at it" },
          "status": "pending"
        }
      ]
    },
    {
      "id": "phase-2-page",
      "name": "Page",
      "depends_on": [1],
      "parallel_safe": true,
      "subtasks": [
        { "id": "subtask-2-1", "description": "Show results", "status": "done" },
        { "id": "subtask-2-2", "description": "No status yet" }
      ]
    }
  ],
  "summary": { "total_phases": 2, "total_subtasks": 4 }
}`,
  },
} as const;

/** The text after the edits, which do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((a, b) => b.range.start - a.range.start)
    .reduce(
      (result, { range, text: inserted }) =>
        result.slice(0, range.start) + inserted + result.slice(range.end),
      text,
    );
}
