/** A plan that uses most of what the format has. */
export const runsheetText = {
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
};
