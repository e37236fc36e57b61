/** The file in which a new plan of that title is kept. */
export function starterFileName(title: string): string {
  const slug = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${slug === '' ? 'new' : slug}.plan.md`;
}

/** A plan that shows each element of the format once; it proves itself when it is run. */
export function starterPlan(title: string): string {
  return `---
title: ${JSON.stringify(title.trim())}
workers: 2
---

## Prepare

- [ ] T01 Say what the work is about
  - files: NOTES.md
  - run: echo "Notes" > NOTES.md
  - check: test -s NOTES.md

## Build

- [ ] T02 Do the first part
  - depends: T01
  - files: part-one.md
  - run: echo "Part one" > part-one.md
  - check: grep -q "Part one" part-one.md

- [ ] T03 Do the second part
  - depends: T01
  - files: part-two.md
  - run: echo "Part two" > part-two.md
  - check: grep -q "Part two" part-two.md
`;
}
