import assert from 'node:assert/strict';
import { inverseOf, type FileEdit } from '../../src/formats/format';
import type { PlanReading, Problem } from '../../src/model/plan';
import { lint } from '../../src/language/diagnostics';
import { fileAt, type PlanDocument } from '../../src/language/document';
import type { QuickFix } from '../../src/language/quick-fixes';
import { readPlan } from '../../src/formats/registry';
import { edited } from './format-properties';
import { applyEdits } from './plan-texts';

// What holds for every quick fix of every rule, whatever the file.

/** Fields that the fixes of a rule may change anywhere in a plan; `facts` and places always may. */
const changed: Readonly<Record<string, readonly string[]>> = {
  'self-dependency': ['dependsOn', 'detail'],
  'dangling-dependency': ['dependsOn', 'detail', 'notReady'],
  'blocked-by-cancelled': ['dependsOn', 'notReady'],
  'dependency-cycle': ['dependsOn', 'detail'],
  'dependency-not-a-plan': ['dependsOn'],
  'short-dependency-id': ['dependsOn'],
  'unknown-id-in-wave': ['dependsOn', 'waves'],
  'id-in-two-waves': ['dependsOn', 'waves'],
  'duplicate-id': ['id', 'key', 'keyOrigin', 'dependsOn', 'waves', 'keys', 'detail'],
  'group-number-mismatch': ['id', 'key', 'keyOrigin', 'dependsOn', 'detail'],
  'done-before-dependency': ['status', 'fileStatus'],
  'tick-contradicts-result': ['status', 'fileStatus'],
  'tick-contradicts-steps': ['status', 'fileStatus'],
  'closed-at-mismatch': ['status', 'fileStatus'],
  'done-with-open-criteria': ['status', 'fileStatus', 'verification'],
  'parent-done-child-open': ['status', 'fileStatus', 'detail'],
  'parent-open-children-done': ['status', 'fileStatus'],
  'task-done-step-open': ['status', 'fileStatus', 'detail'],
  'task-open-steps-done': ['status', 'fileStatus', 'detail'],
  'story-status-drift': ['status', 'fileStatus', 'notReady'],
  'unknown-status': ['status', 'fileStatus', 'notReady'],
  'unknown-marker': ['status', 'fileStatus'],
  'missing-status': ['status', 'fileStatus'],
  'status-synonym': ['fileStatus'],
  'frontmatter-missing': ['title'],
  'queued-mark': ['fileStatus'],
  'capital-x': ['fileStatus'],
  'parallel-same-file': ['labels', 'dependsOn'],
  'parallel-safe-overlap': ['parallelSafe', 'dependsOn'],
  'dangling-parent': ['labels'],
  'wave-mismatch': ['waves', 'labels'],
};

function restOf({ kind, plans }: PlanReading, rule: string): string {
  const free = new Set(['line', 'range', 'idRange', 'facts', ...(changed[rule] ?? [])]);
  return JSON.stringify(
    { kind, plans },
    (name, value: unknown) => (free.has(name) ? undefined : value),
    1,
  );
}

function occurrences(problems: readonly Problem[], { rule, message, path }: Problem): number {
  return problems.filter((one) => one.rule === rule && one.message === message && one.path === path)
    .length;
}

/**
 * Makes a fix and holds it to what every fix promises: the problem is gone, nothing worse has come
 * up, all else is read as before, no byte more than needed was touched, and undoing brings all back.
 * @returns the texts of the files that it changed, by their paths.
 */
export function checkFix(
  { files: { source, format, reading } }: PlanDocument,
  problem: Problem,
  { edits, title }: QuickFix,
): Map<string, string> {
  const what = `${problem.rule}: ${title}`;
  assert.ok(edits.length > 0, what);
  const after = edited(source, edits);
  const now = readPlan(after, format);
  assert.ok(now, what);
  const [before, left] = [lint(reading), lint(now)];
  assert.ok(occurrences(left, problem) < occurrences(before, problem), `${what} solves nothing`);
  const errors = (problems: readonly Problem[]) =>
    problems.filter(({ severity }) => severity === 'error').length;
  assert.ok(errors(left) <= errors(before), `${what} makes an error`);
  // Front matter that was text before becomes the fields that it is.
  if (problem.rule !== 'frontmatter-unclosed')
    assert.equal(restOf(now, problem.rule), restOf(reading, problem.rule), what);
  const texts = new Map<string, string>();
  for (const path of new Set(edits.map((edit) => edit.path))) {
    const own = edits.filter((edit) => edit.path === path);
    const [old, text] = [fileAt(source, path)?.text, fileAt(after, path)?.text];
    assert.ok(old !== undefined && text !== undefined, `${what}: ${path} is no file of the plan`);
    for (const edit of own) checkShort(old, edit, what);
    assert.equal(applyEdits(text, inverseOf(old, own)), old, `${what} cannot be undone`);
    texts.set(path, text);
  }
  return texts;
}

function checkShort(old: string, { range, text }: FileEdit, what: string): void {
  const gone = old.slice(range.start, range.end);
  assert.notEqual(gone, text, `${what} changes nothing`);
  if (gone === '' || text === '') return;
  const isTorn = /[\uD800-\uDBFF]/.test(gone.charAt(0)) || /[\uDC00-\uDFFF]/.test(gone.slice(-1));
  assert.ok(isTorn || gone.charAt(0) !== text.charAt(0), `${what} writes what stands there`);
  assert.ok(isTorn || gone.at(-1) !== text.at(-1), `${what} writes what stands there`);
}
