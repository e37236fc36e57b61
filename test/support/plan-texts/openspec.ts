/** A plan that uses most of what the format has. */
export const openspecText = {
  path: 'openspec/changes/add-shop-search/tasks.md',
  text: `## 1. Index

- [x] 1.1 Build it in \`src/search/index.ts\`
  - Keep it small.
  - [ ] 1.1.1 Read the articles
- [X] **1.2** Keep it fresh
  Verify: \`npm test -- fresh\`
* [ ]without a gap

## Phase 2: Page

### Page

-[ ] 2.1 Show results
- [ ] 2.2b: Sort them
- [ ] Tell the shops. Run \`npm run tell\`
- [~] 2.3 Pictures
+ [ ] 2.4 no task

\`\`\`
- [ ] 3.1 counts, as the tool says
\`\`\`
`,
};
