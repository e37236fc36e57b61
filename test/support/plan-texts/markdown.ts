/** A checklist that uses most of what the format has. */
export const markdownText = {
  path: 'TODO.md',
  text: `# Shop

- [ ] Ask for a domain

## Search

Some words.

- [x] Build the index
  With all articles.
  - [ ] nightly
- Page:
  - [/] Show results
  * [X] Sort results
- [-] Print

### Later

1. [ ] Page through
2. [?] Print
3. [ ]

\`\`\`
- [ ] no task
\`\`\`
`,
};
