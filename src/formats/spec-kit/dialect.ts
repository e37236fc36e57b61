// Two formats share the folder layout of spec-kit; one reader has each file.

const boldId = /^[ \t]*[-*+] \[.\] \*\*[A-Z]{1,3}\d{3}/gm;
const plainId = /^[ \t]*[-*+] \[.\] [A-Z]{1,3}\d{3}/gm;
const numberedPhase = /^## Phase 3\.\d/m;
const dependencyBullet = /^[ \t]+[-*+] (?:\*\*)?Dependencies(?:\*\*)?:/m;

/**
 * Whether a tasks.md is written as codebase-mcp writes it: bold ids, and phases numbered within
 * the third or a line of dependencies below tasks.
 */
export function isBoldDialect(text: string): boolean {
  if (!text.includes('] **')) return false;
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  return (
    count(boldId) > count(plainId) && (numberedPhase.test(text) || dependencyBullet.test(text))
  );
}
