import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { decodeFile } from '../../../src/formats/decode';
import type { PlanFormat } from '../../../src/formats/format';
import { formatNamed } from '../../../src/formats/registry';
import { subtasksOf, type Dependency, type PlanReading } from '../../../src/model/plan';
import { sharedPath } from '../../support/shared';

// Real plan files beside the project, with what independent readers found in them.

const expectedSchema = z.record(
  z.string(),
  z.object({
    kind: z.string().optional(),
    phases: z.number().optional(),
    subtasks: z.number().optional(),
    done: z.number().optional(),
    skipped: z.number().optional(),
    parallel: z.number().optional(),
    checkpoints: z.number().optional(),
    ids: z.array(z.string()).optional(),
    phaseIds: z.array(z.string()).optional(),
    byStatus: z.record(z.string(), z.number()).optional(),
    edges: z.array(z.tuple([z.string(), z.string()])).optional(),
    problems: z.array(z.string()).optional(),
  }),
);
type Expected = z.infer<typeof expectedSchema>[string];

function declared(owner: { id: string | null; dependsOn: readonly Dependency[] }): string[] {
  return owner.dependsOn
    .filter(({ kind }) => kind === 'declared')
    .map(({ id }) => `${id}>${owner.id ?? ''}`);
}

/** What was read, in the words of the expectation. */
function findings({ plans, problems }: PlanReading) {
  const [plan] = plans;
  const phases = plan?.phases ?? [];
  const subtasks = plan === undefined ? [] : subtasksOf(plan);
  const byStatus: Record<string, number> = {};
  for (const { status } of subtasks) {
    const word = status === 'claimed' ? 'done' : status;
    byStatus[word] = (byStatus[word] ?? 0) + 1;
  }
  return {
    phases: plan?.declaredPhases ?? 0,
    subtasks: subtasks.length,
    done: byStatus['done'] ?? 0,
    skipped: byStatus['skipped'] ?? 0,
    parallel: subtasks.filter(({ labels }) => labels.includes('P')).length,
    checkpoints: phases.flatMap(({ checkpoint }) => checkpoint?.split('\n') ?? []).length,
    ids: subtasks.map(({ id }) => id),
    phaseIds: phases.map(({ id }) => id).filter((id) => id !== null),
    byStatus,
    edges: [...phases.flatMap(declared), ...subtasks.flatMap(declared)].toSorted(),
    problems: [...new Set(problems.map(({ rule }) => rule))].toSorted(),
  };
}

/** In spec-kit the expectation names the least; in auto-claude all of its own rules. */
function problemsAgree(format: string, expected: string[], found: string[]): boolean {
  if (format === 'spec-kit') return expected.every((rule) => found.includes(rule));
  return JSON.stringify(expected.toSorted()) === JSON.stringify(found);
}

function disagreements(format: string, expected: Expected, reading: PlanReading): string[] {
  const found = findings(reading);
  const isPlan = expected.phases !== undefined || expected.kind === 'plan' || format === 'spec-kit';
  const differs = isPlan || reading.plans.length === 0 ? [] : ['a plan where none is expected'];
  const { kind: _kind, problems, edges, ...plain } = expected;
  for (const [key, value] of Object.entries(plain)) {
    const own = Object.entries(found).find(([name]) => name === key)?.[1];
    if (JSON.stringify(value) !== JSON.stringify(own))
      differs.push(`${key}: expected ${JSON.stringify(value)}, found ${JSON.stringify(own)}`);
  }
  const wanted = edges?.map(([from, to]) => `${from}>${to}`).toSorted();
  if (wanted !== undefined && JSON.stringify(wanted) !== JSON.stringify(found.edges))
    differs.push(`edges: expected ${wanted.join(' ')}, found ${found.edges.join(' ')}`);
  if (problems !== undefined && !problemsAgree(format, problems, found.problems))
    differs.push(`problems: expected ${problems.join(' ')}, found ${found.problems.join(' ')}`);
  return differs;
}

function readCorpusFile(format: PlanFormat, folder: string, name: string): PlanReading {
  const isFolder = statSync(join(folder, name)).isDirectory();
  const path = isFolder ? `${name}/${format.folderFiles[0] ?? ''}` : name;
  const { text, problem } = decodeFile(readFileSync(join(folder, path)));
  return text === null ? { plans: [], problems: [problem] } : format.read({ path, text });
}

for (const name of ['spec-kit', 'auto-claude']) {
  describe(`the ${name} corpus`, function () {
    const folder = sharedPath('corpus', name);
    if (folder === null) {
      it.skip('is not here');
      return;
    }
    const format = formatNamed(name);
    assert.ok(format);
    const text = readFileSync(join(folder, 'expected.json'), 'utf8');
    const files = Object.entries(expectedSchema.parse(JSON.parse(text)));
    let agreed = 0;

    for (const [file, expected] of files) {
      it(`agrees about ${file}`, () => {
        const reading = readCorpusFile(format, folder, file);
        assert.deepEqual(disagreements(name, expected, reading), []);
        agreed += 1;
      });
    }

    after(() => {
      process.stdout.write(
        `    ${name}: ${files.length} files, ${agreed} agree, ${files.length - agreed} disagree\n`,
      );
    });
  });
}
