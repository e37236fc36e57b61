/** A plan that uses most of what the format has. */
export const specKitText = {
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
};
