import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../bench/random';
import type { PlanFormat, PlanSource } from '../../../src/formats/format';
import { formats } from '../../../src/formats/registry';
import { times } from '../../support/database';
import { judgeReading, judgeWriting } from '../../support/fuzz/judge';
import { mutantOf, seedsOf, type Seeds } from '../../support/fuzz/seeds';

// Each mutant has a number of its own, from which it is made again: the number in a failure as
// RUNSHEET_FUZZ_SEED with RUNSHEET_FUZZ_COUNT=1 repeats it. The long form begins anywhere.
const count = Number(process.env['RUNSHEET_FUZZ_COUNT'] ?? times(500, 100_000));
const firstSeed = Number(
  process.env['RUNSHEET_FUZZ_SEED'] ?? times(20_260_101, Date.now() % 2 ** 31),
);
/** Of so many mutants one is written to, beside being read. */
const writtenOf = 3;
const mostFailures = 20;

function judge(format: PlanFormat, seeds: Seeds, seed: number): string | null {
  // Every format has mutants of its own.
  const random = seededRandom(seed + 7919 * formats.indexOf(format));
  const { source, story } = mutantOf(seeds, random);
  try {
    const reading = judgeReading(format, source);
    if (count === 1 || seed % writtenOf === 0) judgeWriting(format, source, reading, random);
    return null;
  } catch (error) {
    keep(format, seed, source);
    const words = error instanceof Error ? error.message : String(error);
    return `RUNSHEET_FUZZ_SEED=${seed} (${story}): ${words.slice(0, 600)}`;
  }
}

/** A file to look at: the texts of what failed. */
function keep(format: PlanFormat, seed: number, { path, text, others }: PlanSource): void {
  const folder = join(__dirname, '../../../test-results/fuzz');
  mkdirSync(folder, { recursive: true });
  const files = [{ path, text }, ...(others?.values() ?? [])];
  writeFileSync(join(folder, `${format.name}-${seed}.json`), JSON.stringify(files, null, 1));
}

describe('mutated files of every format', () => {
  for (const format of formats)
    it(`are read by ${format.name} in time, within bounds, and written without harm`, async function () {
      this.timeout(times(120_000, 24 * 3_600_000));
      const seeds = await seedsOf(format);
      const failures: string[] = [];
      for (let seed = firstSeed; seed < firstSeed + count; seed += 1) {
        const failure = judge(format, seeds, seed);
        if (failure !== null) failures.push(failure);
        if (failures.length === mostFailures) break;
      }
      if (failures.length > 0)
        assert.fail(`mutants from ${firstSeed} on failed:\n${failures.join('\n')}`);
    });
});
