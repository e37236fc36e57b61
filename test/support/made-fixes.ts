import assert from 'node:assert/strict';
import type { PlanSource } from '../../src/formats/format';
import { problemsIn } from '../../src/language/diagnostics';
import { fileAt } from '../../src/language/document';
import { fixesOf } from '../../src/language/quick-fixes';
import { documentIn } from './cursor';
import { checkFix } from './fix-properties';

/** When fixes are made in tests. */
export const fixTime = '2026-03-04T05:06:07.000Z';

/** A plan of several files, the first one its own; a folder has no text. */
export function planOf(files: Readonly<Record<string, string>>): PlanSource {
  const [[path, text] = ['', ''], ...others] = Object.entries(files);
  const parts = others.map(([name, own]) => [name, { path: name, text: own }] as const);
  return { path, text, others: new Map(parts) };
}

/**
 * Every fix of every problem that a rule finds in one of a plan's files, made alone and held to
 * what every fix promises: its title and the lines that it changes, ` | ` between them.
 */
export function madeFixes(source: PlanSource, path: string, rule: string): string[] {
  const document = documentIn(source, path);
  const problems = problemsIn(document).filter((problem) => problem.rule === rule);
  return problems.flatMap((problem) =>
    fixesOf(document, problem, fixTime).map((fix) => {
      const lines = [...checkFix(document, problem, fix)].flatMap(([name, now]) => {
        const old = fileAt(source, name)?.text;
        assert.ok(old !== undefined);
        const changed = difference(old, now);
        return name === path ? changed : changed.map((line) => `${name}: ${line}`);
      });
      return [fix.title, ...lines].join(' | ');
    }),
  );
}

/** Lines that are new, or with `-` before them those that are gone. */
function difference(old: string, now: string): string[] {
  const [before, after] = [old.split('\n'), now.split('\n')];
  if (after.length < before.length) {
    const index = before.findIndex((line, place) => line !== after[place]);
    const gone = before.slice(index, index + before.length - after.length);
    return gone.map((line) => `-${line.trim()}`);
  }
  return after.filter((line) => !before.includes(line)).map((line) => line.trim());
}
