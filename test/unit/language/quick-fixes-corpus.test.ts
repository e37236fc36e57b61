import assert from 'node:assert/strict';
import { formatNamed, readPlan } from '../../../src/formats/registry';
import { problemsIn, problemsOf } from '../../../src/language/diagnostics';
import { planDocuments, type PlanDocument } from '../../../src/language/document';
import { fixesOf, fixOfAll } from '../../../src/language/quick-fixes';
import { formatNames, type FormatName } from '../../../src/model/plan';
import { corpusOf } from '../../support/corpus';
import { corpusSource } from '../../support/corpus-writing';
import { checkFix } from '../../support/fix-properties';

// Every kind of fix, made alone, on the real files that have its problem.

const at = '2026-03-04T05:06:07.000Z';
/** Each fix reads the plan anew: of large ones fewer are made. */
const [mostOfRule, mostOfRuleInLarge, large] = [3, 1, 200_000];

/** Rules of which the corpus has problems that a fix must be there for. */
const fixed: Partial<Record<FormatName, readonly string[]>> = {
  'auto-claude': [
    'dead-startup-command',
    'missing-status',
    'parallel-safe-overlap',
    'status-synonym',
    'summary-mismatch',
  ],
  beads: ['parent-open-children-done'],
  'codebase-mcp': [
    'done-before-dependency',
    'frontmatter-missing-key',
    'frontmatter-unclosed',
    'parallel-same-file',
  ],
  gsd: ['frontmatter-missing'],
  kiro: ['duplicate-id', 'parent-open-children-done'],
  openspec: ['group-number-mismatch'],
  'spec-kit': ['done-before-dependency', 'duplicate-id', 'parallel-same-file', 'unknown-marker'],
  'task-master': [
    'blocked-by-cancelled',
    'dangling-dependency',
    'dependency-cycle',
    'done-before-dependency',
    'duplicate-id',
    'missing-status',
    'parent-done-child-open',
  ],
  'vp-ops': ['count-mismatch'],
};

describe('quick fixes on the corpus', function () {
  this.timeout(180_000);
  for (const name of formatNames) {
    const corpus = name === 'runsheet' || name === 'markdown' ? null : corpusOf(name);
    const format = formatNamed(name);
    if (corpus === null || format === null) continue;

    it(`hold in ${name} files`, async () => {
      const counts = new Map<string, number>();
      for (const [path] of corpus.files) {
        const source = await corpusSource(format, corpus.folder, path);
        const reading = source === null ? null : readPlan(source, format);
        if (source === null || reading === null) continue;
        const files = { source, format, reading };
        const paths = new Set([
          source.path,
          ...problemsOf(reading).flatMap((one) => one.path ?? []),
        ]);
        for (const one of paths)
          for (const document of planDocuments(one, files).slice(0, 1)) check(document, counts);
      }
      const found = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
      process.stdout.write(
        `      ${found.map(([rule, count]) => `${rule} ${count}`).join(', ')}\n`,
      );
      const missing = (fixed[name] ?? []).filter((rule) => !counts.has(rule));
      assert.deepEqual(missing, [], 'rules without a fix');
    });
  }
});

function check(document: PlanDocument, counts: Map<string, number>): void {
  const size = [document.files.source, ...(document.files.source.others?.values() ?? [])].reduce(
    (sum, { text }) => sum + text.length,
    0,
  );
  const most = size > large ? mostOfRuleInLarge : mostOfRule;
  const all = problemsIn(document);
  for (const rule of new Set(all.map((problem) => problem.rule))) {
    const problems = all.filter((problem) => problem.rule === rule);
    for (const problem of problems.slice(0, most))
      for (const fix of fixesOf(document, problem, at)) {
        checkFix(document, problem, fix);
        counts.set(rule, (counts.get(rule) ?? 0) + 1);
      }
    const [first] = problems;
    if (first !== undefined)
      for (const fix of fixOfAll(document, problems, at)) checkFix(document, first, fix);
  }
}
