import type { Facts, Problem } from '../../model/plan';
import type { PlanSource, SourceFile } from '../format';
import { problem } from '../problems';
import { baseName, rangeOf } from '../text';
import type { ReadEntry } from './entry';
import { kindOf } from './kind';
import { placeOf, readLog, type LoggedFeature, type LogReading } from './log';
import { readSpec } from './spec';

// The log and the specification that stand beside a list. The list counts: they add what they
// claim, and where they differ that is reported.

export function besideList(
  { others }: PlanSource,
  entries: readonly ReadEntry[],
): { facts: Facts; problems: Problem[] } {
  const problems: Problem[] = [];
  let facts: Facts = {};
  for (const file of others?.values() ?? []) {
    const kind = kindOf(file);
    if (kind === 'progress_log') {
      const log = readLog(file);
      facts = { ...facts, log: factsOfLog(log, file) };
      problems.push(...log.problems, ...differences(log, file, entries));
    } else if (kind === 'app_spec') {
      const { claimed, facts: own, problems: found, plan } = readSpec(file);
      const phases = plan?.phases.map(({ title }) => title) ?? [];
      facts = { ...facts, spec: { ...own, file: baseName(file.path), phases } };
      problems.push(...found);
      if (claimed !== null && claimed.features !== entries.length)
        problems.push(
          wrongCount({ ...claimed, path: file.path }, claimed.features, entries.length, true),
        );
    }
  }
  return { facts, problems };
}

/** Under names of its own: what the list says of itself stays apart. */
function factsOfLog({ facts, features }: LogReading, { path }: SourceFile): Facts {
  const claims = features.map(({ id, claims: own, sections }): [string, Facts] => {
    const words = [...new Set(own.map(({ word }) => word.slice(0, 100)))];
    return [id, { claims: words, line: sections[0].heading.number }];
  });
  return { ...facts, file: baseName(path), features: Object.fromEntries(claims) };
}

function wrongCount(
  at: { line: number; range: { start: number; end: number } | null; path: string },
  claimed: number,
  count: number,
  isNumber = false,
): Problem {
  const message = `${baseName(at.path)} speaks of ${claimed} features; the list has ${count}. The list counts.`;
  return problem('info', 'count-mismatch', at, message, isNumber ? String(count) : undefined);
}

function differences(
  { features, scan: { total } }: LogReading,
  { path }: SourceFile,
  entries: readonly ReadEntry[],
): Problem[] {
  const byId = new Map(entries.map((entry) => [entry.subtask.id, entry]));
  const byPosition = new Map(entries.map((entry) => [String(entry.position), entry]));
  const problems = features.flatMap((feature) =>
    difference(feature, byId.get(feature.id) ?? byPosition.get(feature.id), path),
  );
  if (total === null || total.of === entries.length) return problems;
  const at = { line: total.line.number, range: rangeOf(total.line), path };
  return [...problems, wrongCount(at, total.of, entries.length)];
}

function difference(
  { id, claims, status, sections }: LoggedFeature,
  entry: ReadEntry | undefined,
  path: string,
): Problem[] {
  const at = { ...placeOf(sections[0]), path };
  if (entry === undefined) {
    const message = `The log tells of feature ${id}, which the list does not have. It may have been removed or renumbered.`;
    return [problem('warning', 'log-list-mismatch', at, message)];
  }
  const { subtask } = entry;
  if (status === null || status === subtask.status) return [];
  const word = claims[0]?.word.slice(0, 40) ?? '';
  const message = `The log calls feature ${id} ${word}; the list says ${subtask.fileStatus ?? 'nothing'}. The list counts.`;
  return [problem('warning', 'log-list-mismatch', at, message)];
}
