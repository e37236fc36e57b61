import type { PlanSource } from '../../../src/formats/format';

const folder = '_bmad-output/implementation-artifacts/';

/** A sprint that uses most of what the format has. */
export const sprintText = `# generated: 2026-01-01
# Status: backlog, in-progress, done

generated: 2026-01-01
last_updated: 01-02-2026 09:30
project: Shop
story_location: "_bmad-output/implementation-artifacts"

development_status:
  # ── Epic 1: Cart ─────────
  epic-1: in-progress
  1-1-cart-model: done  # merged
  # 1-2-old-idea: cut (no need)
  1-2a-買い物: review
  1-3-save-cart: ready-for-dev
  epic-1-retrospective: optional

  epic-2: backlog
  2-1-checkout: backlog
  10-1-lost: "drafted"
  epic-2-retrospective: done
  epic-3: contexted
  later-maybe: backlog
  - no key
action_items:
  - epic: 1
    action: "Test errors"
    status: open
  - epic: 1
    action: Write less
    status: done
`;

export const storyText = `# Story 1.3: Save the cart

Status: ready-for-dev

## Story

As a buyer, I want my cart back.

## Acceptance Criteria

1. **Given** a cart
   **When** I reload
   **Then** it is there
2. It is empty after logging out
10. It is fast

## Tasks / Subtasks

- [x] Task 1: Store it (AC: #1)
  - [x] 1.1 Write \`src/store.ts\`
    - [ ] deeper
- [ ] **Task 2 — Clear it** (AC: 2-3)
  - [x] clear on log-out

### Review Follow-ups (AI)

-  [ ] [AI-Review][High] Look again
- [~] Ask

## Dev Notes

Status: done is written later.

- [ ] not a Task

## Definition of Done

- [ ] Tests run
`;

export const storyPath = `${folder}stories/1-3-save-cart.md`;

/** A sprint with story files, one of them of a story that has no key, and a side note. */
export const sprintPlan: PlanSource = {
  path: `${folder}sprint-status.yaml`,
  text: sprintText,
  others: new Map(
    [
      { path: storyPath, text: storyText },
      {
        path: `${folder}1-1-cart-model.md`,
        text: '# Story 1.1: The model of the cart\n\n## Status\n\nDone\n\n## Tasks\n\n- [x] a\n- [ ] b\n',
      },
      { path: `${folder}1-9-unlisted.md`, text: '# Story 1.9: Extra\nStatus: Draft\n' },
      { path: `${folder}2-1-checkout.md`, text: '# Notes on the check-out\n' },
      {
        path: '_bmad-output/planning-artifacts/epics.md',
        text: '# Epics\n\n## Epic 1: Not this\n\n## Epic 2: Check-out\n',
      },
    ].map((file) => [file.path, file] as const),
  ),
};
