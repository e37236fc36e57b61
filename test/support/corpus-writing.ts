import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePlan } from '../../src/formats/decode';
import type { FolderEntry } from '../../src/formats/discovery';
import type { PlanFormat, PlanSource } from '../../src/formats/format';
import { readParts, type Disk } from '../../src/formats/parts';
import { formatNamed } from '../../src/formats/registry';
import { subtasksOf, type FormatName, type Plan, type Subtask } from '../../src/model/plan';
import { corpusOf } from './corpus';
import { askedStatuses, checkWriting, type WritingRules } from './format-properties';

// Every status asked of subtasks of every plan of a corpus.

const mostSubtasks = 60;
/** Each change reads the plan anew: of large ones fewer subtasks are asked. */
const mostRead = 400_000;

/** A file or folder of the corpus with its parts, as the command line tool reads it. */
export async function corpusSource(
  format: PlanFormat,
  folder: string,
  path: string,
): Promise<PlanSource | null> {
  const disk: Disk = {
    list: (below) => listFolder(join(folder, below)),
    read: async (part) => decodePlan(await readFile(join(folder, part))),
  };
  const { others } = await readParts(format, path, disk);
  const bytes = await readFile(join(folder, path)).catch(() => null);
  const text = bytes === null ? '' : decodePlan(bytes).text;
  return text === null ? null : { path, text, others };
}

async function listFolder(folder: string): Promise<FolderEntry[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.map((entry) => ({
    name: entry.name,
    kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other',
  }));
}

/** A suite with a test for each plan of a format's corpus; `rulesOf` says what is to be written. */
export function describeCorpusWriting(
  name: FormatName,
  rulesOf: (source: PlanSource, plan: Plan) => WritingRules,
): void {
  describe(`writing into the ${name} corpus`, function () {
    this.timeout(120_000);
    const corpus = corpusOf(name);
    if (corpus === null) {
      it.skip('is not here');
      return;
    }
    const format = formatNamed(name);
    assert.ok(format);
    let changes = 0;
    for (const [path] of corpus.files) {
      it(`changes one status at a time in ${path}`, async () => {
        const source = await corpusSource(format, corpus.folder, path);
        if (source === null) return;
        for (const plan of format.read(source).plans) {
          const rules = rulesOf(source, plan);
          const size = source.text.length + sizeOf(source);
          for (const subtask of evenly(subtasksOf(plan), size))
            for (const status of askedStatuses) {
              checkWriting(format, source, plan, subtask, status, rules);
              changes += 1;
            }
        }
      });
    }

    after(() => {
      process.stdout.write(`    ${name}: ${changes} changes of one status\n`);
    });
  });
}

function sizeOf({ others }: PlanSource): number {
  return [...(others?.values() ?? [])].reduce((sum, { text }) => sum + text.length, 0);
}

function evenly(subtasks: readonly Subtask[], size: number): Subtask[] {
  const most = Math.min(mostSubtasks, Math.max(1, Math.floor(mostRead / size)));
  const count = Math.min(subtasks.length, most);
  const step = subtasks.length / Math.max(1, count);
  return Array.from({ length: count }, (_, index) => subtasks[Math.floor(index * step)]).filter(
    (subtask) => subtask !== undefined,
  );
}
