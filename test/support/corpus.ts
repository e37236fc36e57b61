import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PlanFiles } from '../../src/cli/plan-files';
import { plansJson, type PlanJson } from '../../src/cli/plan-json';
import { formatNamed } from '../../src/formats/registry';
import type { FormatName } from '../../src/model/plan';
import { sharedPath } from './shared';

// Real plan files beside the project, with what independent readers found in them. They are read
// as `runsheet plan --json --format …` does it.

const expectedSchema = z.record(z.string(), z.record(z.string(), z.unknown()));
/** What is expected of one file: counts, ids, edges, problems, and words of the format. */
export type Expected = z.infer<typeof expectedSchema>[string];

export interface CorpusRules {
  /** Whether `problems` names all rules, or only those that must be found. */
  problems: 'all' | 'least';
  /** What the format's readers call a finding otherwise; it goes before what is found by itself. */
  found?(plan: PlanJson, name: string): Record<string, unknown>;
  /** Keys of the expectation that say nothing of the file. */
  ignored?: readonly string[];
  /** What is expected of which plan, for files that hold several; else all of the first. */
  pairs?(expected: Expected, plans: readonly PlanJson[]): [Expected, PlanJson][];
}

/** The declared edges, from phase to phase and then from subtask to subtask. */
function edgesOf({ phases }: PlanJson): string[] {
  const owners = [...phases, ...phases.flatMap(({ subtasks }) => subtasks)];
  return owners.flatMap(({ id, dependsOn }) =>
    dependsOn
      .filter(({ kind }) => kind === 'declared')
      .map((dependency) => `${dependency.id}>${id ?? ''}`),
  );
}

/** What was read, by the names of the expectations. */
export function findings(plan: PlanJson): Record<string, unknown> {
  const subtasks = plan.phases.flatMap((phase) => phase.subtasks);
  const byStatus: Record<string, number> = {};
  for (const { status } of subtasks) {
    const word = status === 'claimed' ? 'done' : status;
    byStatus[word] = (byStatus[word] ?? 0) + 1;
  }
  const { phases, subtasks: count, done } = plan.counts;
  return {
    ...{ kind: plan.kind, phases, subtasks: count, done, byStatus },
    skipped: byStatus['skipped'] ?? 0,
    ids: subtasks.map(({ id }) => id),
    phaseIds: plan.phases.map(({ id }) => id).filter((id) => id !== null),
    optional: subtasks.filter(({ optional }) => optional).length,
    gates: plan.gates.length + subtasks.filter(({ agent }) => agent === 'person').length,
    ...plan.facts,
  };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What differs between an expectation and what was read, a line each. */
export function disagreements(expected: Expected, plan: PlanJson, rules: CorpusRules): string[] {
  const found = { ...findings(plan), ...rules.found?.(plan, plan.path) };
  const differs: string[] = [];
  for (const [key, value] of Object.entries(expected)) {
    if (key === 'note' || rules.ignored?.includes(key) === true) continue;
    if (key === 'edges') {
      const edges = pairs(value).toSorted();
      // Where groups of subtasks wait for each other, the format tells it as a fact.
      const told = 'edges' in found ? pairs(found['edges']) : edgesOf(plan);
      const own = [...new Set(told)].toSorted();
      if (!same(edges, own)) differs.push(`edges: ${difference(edges, own)}`);
    } else if (key === 'problems') {
      const wanted = z.array(z.string()).parse(value).toSorted();
      const own = [...new Set(plan.problems.map(({ rule }) => rule))].toSorted();
      const agrees =
        rules.problems === 'all' ? same(wanted, own) : wanted.every((rule) => own.includes(rule));
      if (!agrees) differs.push(`problems: ${difference(wanted, own)}`);
    } else if (!same(value, Object.entries(found).find(([name]) => name === key)?.[1])) {
      const own = Object.entries(found).find(([name]) => name === key)?.[1];
      differs.push(`${key}: expected ${JSON.stringify(value)}, found ${JSON.stringify(own)}`);
    }
  }
  return differs;
}

function pairs(value: unknown): string[] {
  const edges = z.array(z.tuple([z.string(), z.string()])).parse(value);
  return edges.map(([from, to]) => `${from}>${to}`);
}

function difference(expected: readonly string[], found: readonly string[]): string {
  const missing = expected.filter((one) => !found.includes(one));
  const extra = found.filter((one) => !expected.includes(one));
  return `missing ${missing.join(' ')}; not expected ${extra.join(' ')}`;
}

/** The expectations of a format by the path below its folder; `null`, said, without the corpus. */
export function corpusOf(name: FormatName): { folder: string; files: [string, Expected][] } | null {
  const folder = sharedPath('corpus', name);
  if (folder === null) return null;
  const text = readFileSync(join(folder, 'expected.json'), 'utf8');
  return { folder, files: Object.entries(expectedSchema.parse(JSON.parse(text))) };
}

/** The plans of a file or folder of the corpus, as the command line tool shows them. */
export async function readCorpus(
  name: FormatName,
  folder: string,
  path: string,
): Promise<PlanJson[]> {
  const format = formatNamed(name);
  assert.ok(format, `the format ${name} is not registered`);
  const files = await new PlanFiles(folder, folder, format).at(path);
  return files.flatMap(plansJson);
}

/** A suite with a test for each file of a format's corpus, and a line with the sum. */
export function describeCorpus(name: FormatName, rules: CorpusRules): void {
  describe(`the ${name} corpus`, function () {
    this.timeout(60_000);
    const corpus = corpusOf(name);
    if (corpus === null) {
      it.skip('is not here');
      return;
    }
    let [agreed, subtasks] = [0, 0];
    for (const [path, expected] of corpus.files) {
      it(`agrees about ${path}`, async () => {
        const plans = await readCorpus(name, corpus.folder, path);
        const [plan] = plans;
        assert.ok(plan, 'nothing was read');
        for (const { counts } of plans) subtasks += counts.subtasks;
        const pairs = rules.pairs?.(expected, plans) ?? [[expected, plan]];
        const differs = pairs.flatMap(([wanted, found]) => disagreements(wanted, found, rules));
        assert.deepEqual(differs, []);
        agreed += 1;
      });
    }

    after(() => {
      const { length } = corpus.files;
      process.stdout.write(
        `    ${name}: ${length} files, ${subtasks} subtasks, ${agreed} agree, ${length - agreed} disagree\n`,
      );
    });
  });
}
