import type { PlanSource, SourceFile } from '../../../src/formats/format';

/** A plan file that uses most of what the format has. */
export const gsdText = {
  path: '.planning/phases/02-search/02-02-PLAN.md',
  text: `---
phase: 02-search
plan: 02
type: execute
wave: 2
depends_on: ["02-01", 03] # the index
files-modified:
  - src/search.ts
  - src/rank.ts (new)
autonomous: false # has a checkpoint
requirements: [FIND-01, FIND-02]
must_haves:
  truths:
    - "A word finds its page"
  artifacts:
    - path: src/search.ts
      provides: the lookup
  key_links:
    - from: src/search.ts
      to: src/rank.ts
      via: import
user_setup:
  - service: index host
    why: "needs an account"
---

<objective>
Let people find pages.
</objective>

<context>
@docs/search.md
@~/notes.md
</context>

<tasks>

<task type="auto" tdd="true">
  <name>Task 1: Look words up</name>
  <files>src/search.ts, src/rank.ts (new)</files>
  <action>
    Write \`find\`, so that a && b < c holds.
    \`\`\`xml
    <task type="auto">
    </task>
    \`\`\`</action>
  <verify>
    <automated>npm test</automated>
    <human-check>Look at the page</human-check>
  </verify>
  <done>Words are found</done>
</task>

<task type="checkpoint:human-verify" gate="blocking">
  <what-built>The search page</what-built>
  <how-to-verify>Open it and search</how-to-verify>
  <resume-signal>Say yes</resume-signal>
</task>

<task type="checkpoint:decision" gate="optional">
  <decision>Which index</decision>
  <options>
    <option id="a"><name>Small</name><pros>fast</pros></option>
    <option id="b"><name>Large</name></option>
  </options>
</task>

<task type="spike">
  <action>Try it out</action>
</task>

</tasks>

<verification>
- [ ] all tests pass
</verification>
`,
};

function fileOf(path: string, text: string): [string, SourceFile] {
  return [path, { path, text }];
}

/** A task that lacks nothing. */
export function task(title: string, files = 'src/a.ts'): string {
  return `<task type="auto">
  <name>${title}</name>
  <files>${files}</files>
  <action>Do it</action>
  <verify>npm test</verify>
  <done>It is done</done>
</task>
`;
}

/** A folder with its files, named from below `.planning`. */
export function treeSource(files: Readonly<Record<string, string>>): PlanSource {
  const others = Object.entries(files).map(([name, text]) => fileOf(`.planning/${name}`, text));
  return { path: '.planning', text: '', others: new Map(others) };
}

/** A plan's text with front matter. */
export function planText(front: string, ...tasks: string[]): string {
  return `---\n${front}\n---\n${tasks.join('\n')}`;
}

/** A folder that uses most of what the format has. */
export const gsdTree = treeSource({
  'ROADMAP.md': `# Roadmap: Finder

## Overview

Pages can be found.

<details>
<summary>v0.9</summary>

- [x] Phase 1: Old base — completed

</details>

## Phases

- [x] **Phase 1: Base** - the start
- [ ] **Phase 2: Search** - the rest

### Phase 1: Base ✅
**Depends on**: Nothing (first phase)

- [x] 01-01-PLAN.md — models
- [ ] 01-02: routes

### Phase 2: Search
**Depends on**: Phase 1 (models)

- [ ] 02-01-PLAN.md — index
- [ ] 02-03: TBD
`,
  'PROJECT.md': '# Project: Other\n\n## What This Is\n\nA finder.\n',
  'config.json': '{"parallelization": {"enabled": true, "max_concurrent_agents": 3}}',
  'phases/01-base/01-01-PLAN.md': planText(
    'phase: 1\nplan: 1\nwave: 1\nfiles_modified: [src/a.ts]',
    task('Task 1: Models'),
    task('Task 2: Tables', 'src/b.ts'),
  ),
  'phases/01-base/01-01-SUMMARY.md': '---\nstatus: complete\n---\n# Done\n',
  'phases/01-base/01-02-PLAN.md': planText(
    'phase: 1\nplan: 2\nwave: 1\ndepends_on: ["01-01"]\nfiles_modified: [src/a.ts]',
    task('Task 1: Routes'),
  ),
  'phases/01-base/01-03-SUMMARY.md': '# Without a plan\n',
  'phases/01-base/01-VERIFICATION.md': '---\nstatus: passed\n---\n',
  'phases/02-search/02-01-PLAN.md': planText('phase: 2\nplan: 1', task('Task 1: Index')),
  'phases/02-search/02-02-PLAN.md': planText('phase: 2\nplan: 2', task('Task 1: Pages')),
  'phases/02-search/02-02-SUMMARY.md': '---\nstatus: halted\n---\n',
  'phases/999.1-ideas/999.1-01-PLAN.md': planText('phase: 999.1\nplan: 1', task('Task 1: Later')),
});
