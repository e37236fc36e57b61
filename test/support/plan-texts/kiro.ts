/** A plan that uses most of what the format has. */
export const kiroText = {
  path: '.kiro/specs/shop-search/tasks.md',
  text: `# Implementation Plan: Shop search

## Overview

People find articles
by their names.

## Tasks

- [x] 1. Build the index
  - Keep it small
  - [x] 1.1 Read the articles
    - Write \`src/articles.ts\` and \`test/articles.test.ts\`
    - _Requirements: 1.1, 2.1-2.3_
  - [x] 1.2 Keep it fresh
    - File: src/fresh.ts, src/watch.ts (new)
  - [ ]* 1.3 Write property tests
    - **Property 1: nothing is lost**
    - **Validates: Requirements 1.2**

- [ ] 2. Checkpoint - everything is green
  - Run all tests, ask when one fails.

- [-] 3. Show what is found
  - [-] 3.1 Lay out the page
  - [~] 3.2 Show pictures
  - [ ] 3.3 Sort by price

- [ ] 4. Tell the shops

## Notes

- [ ] Buy cake

## Task Dependency Graph

\`\`\`json
{
  "waves": [
    { "id": 0, "tasks": ["1.1"] },
    { "id": 1, "tasks": ["1.2", "1.3"], "description": "The rest of the index" },
    { "wave": 2, "tasks": ["3"], "dependsOn": { "3.3": ["1.2"], "4": ["3"] } },
    { "id": 3, "tasks": [4] }
  ]
}
\`\`\`
`,
};
