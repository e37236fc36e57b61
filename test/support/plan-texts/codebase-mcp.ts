/** A task list that uses most of what the dialect has. */
export const codebaseMcpText = {
  path: 'specs/004-harbour/tasks.md',
  text: `# Tasks: Harbour log

## Execution Flow (main)
\`\`\`
- [ ] **T099** not a task
\`\`\`

## Phase 3.1: Setup (Sequential)

### Models

- [X] **T000** [P] Create the log model in \`src/models/log.py\`
  - **Dependencies**: None (may run beside T001)
  - **Result**: 9/10 passing (90%) - one is flaky
- [X] **T001 [P]** **Create the pier model** in \`src/models/log.py\`
  - **File**: \`src/models/pier.py\` (NEW)
  - see src/other.py
- [ ] **T001a** [GIT] Commit both **[DEFERRED]**

**Checkpoint**: models load ✅

## Phase 3.2: Service (ONLY after tests are failing)

- [ ] **T002** Write the service
  - **Dependencies**: all models (T000-T001a)
  - **Verification**: run \`pytest tests\`
- [X] **T003** Call the service
  - **Dependencies**: T002, T009
- [ ] **T004** Tell people
  - Dependencies: the mail server is up

## Dependencies

- T001 blocks T003, T004 (they import it)
- T002 → T004

## Task Completion Checklist

- [X] T002: written
- [ ] T050 nothing is missing
`,
};
